// Fails when what a first visit must load before anything shows exceeds the budget: index.html, the scripts and styles it names,
// and the static imports of those scripts. Counted as the browser gets it: brotli where there is a copy.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const DIST = new URL("../dist", import.meta.url).pathname;
const BUDGET_BYTES = 250 * 1024;

// Components whose styles src/theme/mantine.css leaves out would be drawn without any.
const sheet = readFileSync(join(DIST, "..", "node_modules", "@mantine", "core", "styles.css"), "utf8");
const styles = readdirSync(join(DIST, "assets")).filter((file) => file.endsWith(".css"));
const sent = styles.map((file) => readFileSync(join(DIST, "assets", file), "utf8")).join("");
const scripts = readdirSync(join(DIST, "assets")).filter((file) => file.endsWith(".js"));
const unstyled = scripts.flatMap((file) => classesOf(readFileSync(join(DIST, "assets", file), "utf8")));
const missing = [...new Set(unstyled)].filter(
  (name) => sheet.includes(`.${name}`) && !sent.includes(`.${name}`),
);
if (missing.length > 0) {
  console.error(`src/theme/mantine.css lacks the styles of ${missing.join(", ")}`);
  process.exit(1);
}

const html = readFileSync(join(DIST, "index.html"), "utf8");
const named = [...html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css|svg))"/g)].map((match) => match[1]);
const seen = new Set(["index.html"]);
for (const file of named) follow(file);

const rows = [...seen].map((file) => ({ file, bytes: sentBytes(file) })).sort((a, b) => b.bytes - a.bytes);
const total = rows.reduce((sum, row) => sum + row.bytes, 0);
for (const row of rows) console.log(`${kib(row.bytes).padStart(10)}  ${row.file}`);
console.log(`${kib(total).padStart(10)}  first load (budget ${kib(BUDGET_BYTES)})`);
if (total > BUDGET_BYTES) {
  console.error("the first load is over its budget");
  process.exit(1);
}

function classesOf(text) {
  return text.match(/\bm_[0-9a-f]{6,8}\b/g) ?? [];
}

function follow(file) {
  if (seen.has(file)) return;
  seen.add(file);
  if (!file.endsWith(".js")) return;
  const source = readFileSync(join(DIST, file), "utf8");
  for (const match of source.matchAll(/(?:\bfrom|\bimport)\s*["'](\.{1,2}\/[^"']+\.js)["']/g)) {
    follow(normalize(join(dirname(file), match[1])));
  }
}

function sentBytes(file) {
  const compressed = join(DIST, `${file}.br`);
  return statSync(existsSync(compressed) ? compressed : join(DIST, file)).size;
}

function kib(bytes) {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}
