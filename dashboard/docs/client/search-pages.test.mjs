// What people type, and the page that they mean: among the first three results of the documentation as it is.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loadSite } from "../pages.mjs";
import { sectionsOfSite } from "../search-data.mjs";
import { indexOf } from "./search-index.ts";

/** By what is typed, the pages of which one must be found. */
const CASES = JSON.parse(readFileSync(join(import.meta.dirname, "search-cases.json"), "utf8"));
const FIRST = 3;

let sections;
let faults;
beforeAll(async () => {
  const site = await loadSite();
  sections = sectionsOfSite(site.pages);
  faults = site.faults;
}, 60_000);

const slugOf = ({ address }) => /^\/docs\/([a-z0-9-]+)/.exec(address)?.[1];

for (const language of ["en", "zh-CN", "zh-TW"]) {
  describe(`whoever reads ${language} finds, among the first ${FIRST},`, () => {
    let search;
    beforeAll(() => {
      search = indexOf(sections, language);
    });

    it.each(Object.entries(CASES))("for %j the page %s", (typed, pages) => {
      const found = search(typed).slice(0, FIRST).map(slugOf);
      expect(
        pages.split(" ").some((page) => found.includes(page)),
        `found ${found.join(", ")}`,
      ).toBe(true);
    });
  });
}

it("every page but the reference has words that it is searched by", () => {
  const pages = sections.filter(
    ({ h, l, u }) => h === "" && l === undefined && !u.startsWith("/docs/api-reference"),
  );
  expect(pages.length).toBeGreaterThan(20);
  expect(pages.filter(({ s }) => !s).map(({ u }) => u)).toEqual([]);
});

it("every translation has the headings and samples of its English page", () => {
  expect(faults).toEqual([]);
});
