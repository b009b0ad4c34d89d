// Builds the documentation: `docs/site/*.md` and the API document become `dist/docs`, which the binary carries.
// What is known only to a running server stays as `{{name}}` and is filled there (crates/control/src/docs).
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildClient } from "./assets.mjs";
import { notFoundHtml, pageHtml } from "./layout.mjs";
import { llmsFull, llmsIndex } from "./llms.mjs";
import { loadSite } from "./pages.mjs";
import { sectionsOfSite, writeSearchData } from "./search-data.mjs";
import { LANGUAGES, textsOf } from "./texts.mjs";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const OUT = join(DIST, "docs");

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });

const site = await loadSite();
const { pages } = site;
const assets = { ...(await buildClient(DIST)), search: writeSearchData(DIST, sectionsOfSite(pages)) };
for (const [index, page] of pages.entries()) {
  const around = { previous: pages[index - 1], next: pages[index + 1] };
  writeArticle(page.slug, { page, article: page, language: "en" }, around);
  for (const [language, article] of Object.entries(page.articles))
    writeArticle(`${page.slug}.${language}`, { page, article, language }, around);
}
write("404.html", notFoundHtml(site, assets));
write("llms.txt", llmsIndex(site));
write("llms-full.txt", llmsFull(pages));
for (const language of LANGUAGES) write(`texts.${language}.json`, JSON.stringify(textsOf(site, language)));
write("site.json", JSON.stringify(indexOf(pages)));
for (const fault of site.faults) console.warn(`left out: ${fault}`);
console.log(`documentation: ${pages.length} pages`);

function writeArticle(stem, shown, around) {
  write(`${stem}.html`, pageHtml(site, shown, around, assets));
  write(`${stem}.md`, shown.article.markdown);
}

function indexOf(all) {
  const translated = all.map(({ slug, articles }) => [slug, Object.keys(articles)]);
  return {
    first: all[0].slug,
    pages: all.map(({ slug }) => slug),
    translations: Object.fromEntries(translated.filter(([, languages]) => languages.length > 0)),
  };
}

function write(name, text) {
  writeFileSync(join(OUT, name), text);
}
