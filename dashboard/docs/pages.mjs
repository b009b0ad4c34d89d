// All pages with the HTML of their articles, from the sources of the repository.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { apiReference } from "./api/reference.mjs";
import { configReference } from "./config-reference.mjs";
import { createRenderer } from "./markdown.mjs";
import { readSite } from "./site.mjs";
import { faultOf } from "./translations.mjs";

const ROOT = join(import.meta.dirname, "../..");

/**
 * The site of `site.mjs`, each page with its `html`, `headings`, `heading` and `summary`, and so each of its `articles` by language.
 * A translation that no longer follows its page is left out, for the English page, and is one of the `faults`.
 */
export async function loadSite() {
  const renderer = await createRenderer();
  const defaults = readFileSync(join(ROOT, "config.default.toml"), "utf8");
  const document = JSON.parse(readFileSync(join(ROOT, "crates/yunxin/openapi.json"), "utf8"));
  const site = readSite(join(ROOT, "docs/site"), apiReference(document, renderer));
  const faults = site.pages.flatMap((page) => render(page, renderer, defaults));
  return { ...site, faults };
}

function render(page, renderer, defaults) {
  // The pages of the API reference come with their HTML.
  if (page.html === undefined) {
    page.markdown = page.markdown.replace(/^\{\{config\}\}$/m, () => configReference(defaults));
    Object.assign(page, renderer.page(page.markdown));
  }
  page.articles = {};
  return Object.entries(page.translations ?? {}).flatMap(([language, markdown]) => {
    const { slug, title, search } = page;
    const article = { slug, title, search, markdown, ...renderer.page(markdown, page.headings) };
    const fault = faultOf(page, article, language);
    if (fault) return [fault];
    page.articles[language] = article;
    return [];
  });
}
