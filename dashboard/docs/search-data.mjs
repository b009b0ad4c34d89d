// What the reader's browser searches: a line per section of a page.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { plain } from "./plain.mjs";

/** Characters of a section that are searched; the whole stays small enough to fetch when the dialog opens. */
const TEXT_CHARS_MAX = 1_000;
const CODE_CHARS_MAX = 300;

/** The sections of all pages, those of translations behind their pages'. */
export function sectionsOfSite(pages) {
  return pages.flatMap((page) => [
    ...sectionsOf(page),
    ...Object.entries(page.articles).flatMap(([l, article]) =>
      sectionsOf(article).map((section) => ({ ...section, l })),
    ),
  ]);
}

/** `{ u: address, p: title of the page (three languages), h: heading, t: text, c: words of code, s: words of the page }` of every section. */
export function sectionsOf({ slug, title, search, sections, markdown, headings, summary }) {
  const page = (anchor, heading, text, code = "") => ({
    u: `/docs/${slug}${anchor ? `#${anchor}` : ""}`,
    p: title,
    h: heading,
    t: text.slice(0, TEXT_CHARS_MAX),
    c: code.slice(0, CODE_CHARS_MAX),
    ...(anchor === "" && search ? { s: search } : {}),
  });
  if (sections) return sections.map(({ anchor, heading, text }) => page(anchor, heading, text));
  const places = [{ anchor: "", text: "" }, ...headings];
  return partsOf(markdown).map((text, index) => {
    const { anchor, text: heading } = places[index] ?? { anchor: "", text: "" };
    return page(anchor, heading, index === 0 ? summary : textOf(text), wordsOfCode(text));
  });
}

/** The text before each heading below the title; fenced lines are no headings. */
function partsOf(markdown) {
  const parts = [[]];
  let isFenced = false;
  for (const line of markdown.split("\n").slice(1)) {
    if (line.startsWith("```")) isFenced = !isFenced;
    if (!isFenced && /^#{2,6} /.test(line)) parts.push([]);
    else parts.at(-1).push(line);
  }
  return parts.map((lines) => lines.join("\n"));
}

const FENCED = /^```[^\n]*\n([\s\S]*?)^```$/gm;

/** Each name in the code of a section once: samples in three languages say much the same. */
function wordsOfCode(markdown) {
  const code = [...markdown.matchAll(FENCED)].map((match) => match[1]).join(" ");
  return [...new Set(code.match(/[A-Za-z][\w.-]{3,}/g) ?? [])].join(" ");
}

function textOf(markdown) {
  const prose = markdown
    .replaceAll(FENCED, "")
    .replaceAll(/^\|[-|: ]+\|$/gm, "")
    .replaceAll("|", " ")
    .replaceAll(/^> ?(\[!\w+\])?/gm, "")
    .replaceAll(/\{\{\w+\}\}/g, "");
  return plain(prose);
}

/** Writes the file and returns its address. */
export function writeSearchData(dist, sections) {
  const text = JSON.stringify(sections);
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
  const name = `assets/docs-search-${hash}.json`;
  writeFileSync(join(dist, name), text);
  return `/${name}`;
}
