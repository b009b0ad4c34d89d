"""Reads the pages of the documentation: their samples, what each must print, their headings and links."""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "docs" / "site"
# Pages that the builder makes itself, from the OpenAPI document.
GENERATED = ("api-reference", "api-reference-account", "api-reference-operator", "api-reference-sign-in")
BUILT = ROOT / "dashboard" / "dist" / "docs"
LANGUAGES = ("bash", "python", "javascript")
FENCE = re.compile(r"^```(\w+)([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,4} (.+)$", re.MULTILINE)
# What an endpoint of the API reference responses when it went well.
SUCCESS = re.compile(r"^- `[23]\d\d`(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Sample:
    """A fenced block that can be run."""

    page: str
    line: int
    language: str
    text: str
    runs: bool
    # What it must print: ("json" | "text", expected) pairs.
    outputs: tuple = ()
    # Whether it prints anything at all.
    prints: bool = True

    @property
    def name(self):
        return f"{self.page}.md:{self.line} ({self.language})"


@dataclass(frozen=True)
class Page:
    slug: str
    text: str
    samples: tuple
    links: tuple
    anchors: frozenset


def read(path):
    text = path.read_text()
    prose = FENCE.sub("", text)
    return Page(path.stem, text, tuple(samples(path.stem, text)), tuple(LINK.findall(prose)), frozenset(anchors(prose)))


def read_all():
    return [read(path) for path in sorted(SITE.glob("*.md"))]


def generated_samples():
    """Samples of the pages that were built from the OpenAPI document, with the gap that the server fills."""
    for slug in GENERATED:
        path = BUILT / f"{slug}.md"
        if path.exists():
            text = path.read_text().replace("{{base_url}}", "${YUNXIN_BASE_URL%/v1}")
            for sample in samples(slug, text):
                yield replace(sample, prints=has_body(text, sample.line) or " -w " in sample.text)


def has_body(text, line):
    """Whether the page says that the endpoint whose sample is on this line responds with a body."""
    before = "\n".join(text.split("\n")[: line - 1])
    return any("No body." not in words for words in SUCCESS.findall(before.rpartition("\n### ")[2]))


def navigation():
    return json.loads((SITE / "nav.json").read_text())


def anchors(prose):
    """The ids of the headings, as the builder makes them; a heading that is there twice gets a number."""
    seen = {}
    for heading in HEADING.findall(prose):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        anchor = re.sub(r"\W+", "-", plain).strip("-")
        seen[anchor] = seen.get(anchor, 0) + 1
        yield anchor if seen[anchor] == 1 else f"{anchor}-{seen[anchor]}"


def samples(page, text):
    """Blocks of a tab group follow each other; the output blocks behind them say what they print."""
    group, end = [], None
    for block in FENCE.finditer(text):
        language, words, body = block[1], block[2].split(), block[3]
        if end is not None and text[end : block.start()].strip():
            yield from group
            group = []
        end = block.end()
        if "output" in words:
            group = [with_output(sample, group, language, body) for sample in group]
        elif language in LANGUAGES:
            if "tab=" not in block[2] or any(sample.outputs for sample in group):
                yield from group
                group = []
            line = text.count("\n", 0, block.start()) + 1
            group.append(Sample(page, line, language, body, "norun" not in words))
        else:
            yield from group
            group = []
    yield from group


def with_output(sample, group, kind, expected):
    """In a group of tabs JSON is what curl prints, text what the programs print; alone, a sample prints either."""
    has_programs = any(other.language != "bash" for other in group)
    concerns = not has_programs or (sample.language == "bash") == (kind == "json")
    if not concerns:
        return sample
    return Sample(
        sample.page, sample.line, sample.language, sample.text, sample.runs, (*sample.outputs, (kind, expected))
    )
