"""What can be said of the pages without running them."""

import re

from pages import GENERATED, navigation

TRANSLATIONS = ("en", "zh-CN", "zh-TW")
AUDIENCES = ("customers", "operators")
# How a sample finds its key: one way per language, on every page.
READS_ENV = {
    "bash": "set -a; [ -f .env ] && . ./.env; set +a\n",
    "python": "load_dotenv()\n",
    "javascript": 'if (existsSync(".env")) process.loadEnvFile();\n',
}
VARIABLE = re.compile(r"YUNXIN_(API_KEY|BASE_URL|MANAGEMENT_KEY|ACCOUNT_ID)")
SECRET = re.compile(r"\byx[mcsl]?-[0-9A-Za-z]{30,}")


def problems(pages):
    yield from of_navigation(pages)
    for page in pages:
        lines = page.text.split("\n")
        if not lines[0].startswith("# ") or len(lines) < 3 or not lines[2].strip() or lines[2].startswith(("#", "```", "|", ">", "- ")):
            yield f"{page.slug}.md: begins with `# Title`, an empty line and a paragraph"
        for sample in page.samples:
            yield from of_sample(sample)


def of_navigation(pages):
    nav = navigation()
    listed = [page["slug"] for section in nav["sections"] for page in section["pages"]]
    written = {page.slug for page in pages}
    for slug in sorted(written - set(listed)):
        yield f"nav.json does not list {slug}"
    for slug in sorted(set(listed) - written - set(GENERATED)):
        yield f"nav.json lists {slug}, which is not written"
    if len(listed) != len(set(listed)):
        yield "nav.json lists a page twice"
    titles = [page["title"] for section in nav["sections"] for page in section["pages"]]
    for title in [*titles, *(section["title"] for section in nav["sections"])]:
        if sorted(title) != sorted(TRANSLATIONS) or not all(title.values()):
            yield f"nav.json: {title} is not in {', '.join(TRANSLATIONS)}"
    for section in nav["sections"]:
        if section["audience"] not in AUDIENCES:
            yield f"nav.json: {section['title']['en']} is for none of {', '.join(AUDIENCES)}"


def of_sample(sample):
    if not sample.runs:
        return
    if VARIABLE.search(sample.text) and READS_ENV[sample.language] not in sample.text:
        yield f"{sample.name}: does not read .env with {READS_ENV[sample.language].strip()!r}"
    if "{{" in sample.text:
        yield f"{sample.name}: has a placeholder, so it cannot run as printed"
    if SECRET.search(sample.text):
        yield f"{sample.name}: has something that looks like a secret"


def links(pages):
    """How many links lead somewhere here, and which of them lead nowhere."""
    by_slug, broken, count = {page.slug: page for page in pages}, [], 0
    for page in pages:
        for link in page.links:
            count += 1
            why = nowhere(link, page, by_slug)
            if why:
                broken.append(f"{page.slug}.md: {link}: {why}")
    return count, broken


def nowhere(link, page, by_slug):
    if link.startswith("#"):
        return None if link[1:] in page.anchors else "no such heading"
    if not link.startswith("/docs/"):
        return None if link.startswith(("https://", "/")) else "neither a page of ours nor https"
    slug, _, anchor = link.removeprefix("/docs/").partition("#")
    slug = slug.removesuffix(".md")
    if slug in GENERATED or slug.startswith("api-reference"):
        return None
    if slug not in by_slug:
        return "no such page"
    return None if not anchor or anchor in by_slug[slug].anchors else "no such heading"


