// What pages there are, in which order, under which titles.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const SLUG = /^[a-z0-9][a-z0-9-]*$/;
/** Names that are files of the site, not pages. */
const RESERVED = new Set(["404", "llms", "site", "texts"]);

/** `{ sections: [{ title, pages: [page] }], pages: [page] }`, a page being `{ slug, title, section, markdown }`. */
export function readSite(folder, reference) {
  const file = join(folder, "nav.json");
  const nav = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { sections: [] };
  const ours = new Set(reference.pages.map(({ slug }) => slug));
  const sections = nav.sections
    .map(({ title, pages }) => ({
      title,
      pages: pages.filter(({ slug }) => !ours.has(slug)).map((page) => read(folder, page)),
    }))
    .filter(({ pages }) => pages.length > 0);
  sections.push(reference);
  const pages = sections.flatMap((section) => section.pages);
  check(folder, pages, ours);
  return { sections, pages };
}

function read(folder, { slug, title }) {
  if (!SLUG.test(slug) || RESERVED.has(slug))
    throw new Error(`nav.json: ${slug} cannot be the name of a page`);
  return { slug, title, markdown: readFileSync(join(folder, `${slug}.md`), "utf8") };
}

/** No page twice, and none that nobody finds. */
function check(folder, pages, ours) {
  const slugs = pages.map(({ slug }) => slug);
  const twice = slugs.find((slug, index) => slugs.indexOf(slug) !== index);
  if (twice) throw new Error(`nav.json names ${twice} twice`);
  if (!existsSync(folder)) return;
  const files = readdirSync(folder).filter((name) => name.endsWith(".md"));
  const lost = files.map((name) => name.slice(0, -3)).find((slug) => !slugs.includes(slug) || ours.has(slug));
  if (lost) throw new Error(`docs/site/${lost}.md is in no section of nav.json`);
}
