// The words around the articles, in the languages of the Dashboard. The server puts them in: `{{t.search}}`.
import { readFileSync } from "node:fs";

const labels = JSON.parse(readFileSync(new URL("./labels.json", import.meta.url), "utf8"));

export const LANGUAGES = ["en", "zh-CN", "zh-TW"];

/** Every word of one language by its name, titles of pages included. */
export function textsOf(site, language) {
  const texts = { ...labels[language] };
  for (const [index, section] of site.sections.entries()) {
    texts[`section.${index}`] = section.title[language] ?? section.title.en;
    for (const { slug, title } of section.pages) texts[`page.${slug}`] = title[language] ?? title.en;
  }
  return texts;
}
