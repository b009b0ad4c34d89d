// Writes dist/first-files.json: what each kind of page loads first, by language, beyond what every page does. The server names these files
// in the document (crates/control/src/dashboard/first_files.rs), so that they come in one round trip.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assetOf, DIST, filesOf, LANGUAGES } from "./built.mjs";

/** The groups of files (chunks.ts) of a kind of page, and its texts beside those of all first pages. */
const KINDS = {
  visitors: { groups: ["visitors"], texts: ["auth"] },
  accounts: { groups: ["overview"], texts: [] },
  operators: { groups: ["lists", "overview"], texts: [] },
};

const document = readFileSync(join(DIST, "index.html"), "utf8");
const ofEveryPage = filesOf([...document.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((match) => match[1]));

const list = Object.fromEntries(
  Object.entries(KINDS).map(([kind, needed]) => [
    kind,
    Object.fromEntries(LANGUAGES.map((language) => [language, firstFiles(needed, language)])),
  ]),
);
writeFileSync(join(DIST, "first-files.json"), JSON.stringify(list));

function firstFiles({ groups, texts }, language) {
  const names = [...groups, `texts-${language}`, ...texts.map((name) => `texts-${language}-${name}`)];
  return [...filesOf(names.map(assetOf))].filter((file) => !ofEveryPage.has(file));
}
