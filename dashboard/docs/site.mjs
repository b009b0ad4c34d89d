// What pages there are, in which order, under which titles, and in which languages.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const SLUG = /^[a-z0-9][a-z0-9-]*$/;
/** Names that are files of the site, not pages. */
const RESERVED = new Set(["404", "llms", "site", "texts"]);
/** Whom a section is for, in the order of the navigation. */
export const AUDIENCES = ["customers", "operators"];
/** Languages that articles are translated into, each a folder of `docs/site`. */
const TRANSLATIONS = ["zh-CN"];

/**
 * `{ sections: [{ title, audience, pages: [page] }], pages: [page] }`, a page being `{ slug, title, search, markdown, translations }`:
 * the Markdown of each translation by its language.
 */
export function readSite(folder, reference) {
  const nav = JSON.parse(readFileSync(join(folder, "nav.json"), "utf8"));
  const generated = new Map(reference.map((page) => [page.slug, page]));
  const sections = nav.sections.map(({ pages, ...section }) => ({
    ...section,
    pages: pages.map((page) => ({
      ...page,
      ...(generated.get(page.slug) ?? read(folder, page)),
      title: page.title,
    })),
  }));
  const pages = sections.flatMap((section) => section.pages);
  check(folder, sections, pages, generated);
  return { sections, pages };
}

function read(folder, { slug }) {
  if (!SLUG.test(slug) || RESERVED.has(slug))
    throw new Error(`nav.json: ${slug} cannot be the name of a page`);
  const translated = TRANSLATIONS.map((language) => [language, join(folder, language, `${slug}.md`)])
    .filter(([, file]) => existsSync(file))
    .map(([language, file]) => [language, readFileSync(file, "utf8")]);
  return {
    markdown: readFileSync(join(folder, `${slug}.md`), "utf8"),
    translations: Object.fromEntries(translated),
  };
}

/** No page twice, none that nobody finds, and none for no audience. */
function check(folder, sections, pages, generated) {
  const strange = sections.find(({ audience }) => !AUDIENCES.includes(audience));
  if (strange) throw new Error(`nav.json: ${strange.title.en} is for none of ${AUDIENCES.join(", ")}`);
  const slugs = pages.map(({ slug }) => slug);
  const twice = slugs.find((slug, index) => slugs.indexOf(slug) !== index);
  if (twice) throw new Error(`nav.json names ${twice} twice`);
  const files = ["", ...TRANSLATIONS].flatMap((language) => markdownIn(join(folder, language)));
  const lost = [...files, ...generated.keys()].find((slug) => !slugs.includes(slug));
  if (lost) throw new Error(`${lost} is in no section of nav.json`);
}

function markdownIn(folder) {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith(".md"));
  return files.map((name) => name.slice(0, -3));
}
