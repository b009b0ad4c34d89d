// Builds the documentation: `docs/site/*.md` and the API document become `dist/docs`, which the binary carries.
// What is known only to a running server stays as `{{name}}` and is filled there (crates/control/src/docs).
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { apiReference } from "./api/reference.mjs";
import { buildClient } from "./assets.mjs";
import { configReference } from "./config-reference.mjs";
import { notFoundHtml, pageHtml } from "./layout.mjs";
import { llmsFull, llmsIndex } from "./llms.mjs";
import { createRenderer } from "./markdown.mjs";
import { sectionsOf, writeSearchData } from "./search-data.mjs";
import { readSite } from "./site.mjs";
import { LANGUAGES, textsOf } from "./texts.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DIST = join(ROOT, "dashboard", "dist");
const OUT = join(DIST, "docs");

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });

const renderer = await createRenderer();
const defaults = readFileSync(join(ROOT, "config.default.toml"), "utf8");
const document = JSON.parse(readFileSync(join(ROOT, "crates/yunxin/openapi.json"), "utf8"));
const site = readSite(join(ROOT, "docs/site"), apiReference(document, renderer));
const pages = site.pages.map(render);

const assets = await buildClient(DIST);
const search = writeSearchData(DIST, pages.flatMap(sectionsOf));
for (const [index, page] of pages.entries()) {
  const around = { previous: pages[index - 1], next: pages[index + 1] };
  write(`${page.slug}.html`, pageHtml(site, page, around, { ...assets, search }));
  write(`${page.slug}.md`, page.markdown);
}
write("404.html", notFoundHtml(site, { ...assets, search }));
write("llms.txt", llmsIndex(site));
write("llms-full.txt", llmsFull(pages));
for (const language of LANGUAGES) write(`texts.${language}.json`, JSON.stringify(textsOf(site, language)));
write("site.json", JSON.stringify({ first: pages[0].slug, pages: pages.map(({ slug }) => slug) }));
console.log(`documentation: ${pages.length} pages`);

function render(page) {
  // The pages of the API reference come with their HTML.
  if (page.html !== undefined) return page;
  const markdown = page.markdown.replace(/^\{\{config\}\}$/m, () => configReference(defaults));
  return Object.assign(page, { markdown }, renderer.page(markdown));
}

function write(name, text) {
  writeFileSync(join(OUT, name), text);
}
