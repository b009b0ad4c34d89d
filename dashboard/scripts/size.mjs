// Fails when a first visit loads more than it may: before anything shows (index.html, the scripts and styles it names, and the static
// imports of those scripts), and for each page that opens first. Counted as the browser gets it: brotli where there is a copy.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { assetOf, DIST, filesOf, scripts } from "./built.mjs";

const BUDGET_BYTES = 210 * 1024;
const PAGE_BUDGET_BYTES = 300_000;
const PAGE_FILES_MAX = 12;
/** The files of the pages that open first (chunks.ts), in the language whose texts are longest. */
const FIRST_PAGES = {
  "sign in": ["visitors", "texts-zh-TW", "texts-zh-TW-auth"],
  overview: ["overview", "plot", "texts-zh-TW"],
  accounts: ["lists", "overview", "texts-zh-TW"],
};

// Components whose styles src/theme/mantine.css leaves out would be drawn without any.
const sheet = readFileSync(join(DIST, "..", "node_modules", "@mantine", "core", "styles.css"), "utf8");
const styles = readdirSync(join(DIST, "assets")).filter((file) => file.endsWith(".css"));
const sent = styles.map((file) => readFileSync(join(DIST, "assets", file), "utf8")).join("");
const unstyled = scripts().flatMap((file) => classesOf(readFileSync(join(DIST, "assets", file), "utf8")));
const missing = [...new Set(unstyled)].filter(
  (name) => sheet.includes(`.${name}`) && !sent.includes(`.${name}`),
);
if (missing.length > 0) {
  console.error(`src/theme/mantine.css lacks the styles of ${missing.join(", ")}`);
  process.exit(1);
}

const html = readFileSync(join(DIST, "index.html"), "utf8");
const named = [...html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css|svg))"/g)].map((match) => match[1]);
const firstLoad = ["index.html", ...filesOf(named)];

const rows = firstLoad.map((file) => ({ file, bytes: sentBytes(file) })).sort((a, b) => b.bytes - a.bytes);
const total = rows.reduce((sum, row) => sum + row.bytes, 0);
for (const row of rows) console.log(`${kib(row.bytes).padStart(10)}  ${row.file}`);
console.log(`${kib(total).padStart(10)}  first load (budget ${kib(BUDGET_BYTES)})`);
if (total > BUDGET_BYTES) {
  console.error("the first load is over its budget");
  process.exit(1);
}
for (const [page, names] of Object.entries(FIRST_PAGES)) {
  const seen = new Set([...firstLoad, ...filesOf(names.map(assetOf))]);
  const bytes = [...seen].reduce((sum, file) => sum + sentBytes(file), 0);
  console.log(
    `${kib(bytes).padStart(10)}  ${page}, ${seen.size} files (budget ${kib(PAGE_BUDGET_BYTES)}, ${PAGE_FILES_MAX} files)`,
  );
  if (bytes > PAGE_BUDGET_BYTES || seen.size > PAGE_FILES_MAX) {
    console.error(`the first visit of ${page} is over its budget`);
    process.exit(1);
  }
}

function classesOf(text) {
  return text.match(/\bm_[0-9a-f]{6,8}\b/g) ?? [];
}

function sentBytes(file) {
  const compressed = join(DIST, `${file}.br`);
  return statSync(existsSync(compressed) ? compressed : join(DIST, file)).size;
}

function kib(bytes) {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}
