// Fails when a page of the documentation, with what it loads before it can be read and used, is over its budget. Pages are counted as
// the server sends them (gzip), the script and the style as the browser gets them (brotli).
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const DIST = new URL("../dist", import.meta.url).pathname;
const BUDGET_BYTES = 120 * 1024;

/** The server fills gaps with words of the reader's language; the longest are about this. */
const texts = readFileSync(join(DIST, "docs/texts.zh-TW.json"), "utf8");
const pages = readdirSync(join(DIST, "docs")).filter((name) => name.endsWith(".html"));
const rows = pages.map((name) => {
  const html = readFileSync(join(DIST, "docs", name), "utf8");
  const named = [...html.matchAll(/<(?:script|link)[^>]*?(?:src|href)="\/([^"]+\.(?:js|css|svg))"/g)].map(
    (match) => match[1],
  );
  const assets = [...new Set(named)].reduce((sum, file) => sum + sentBytes(file), 0);
  return { name, bytes: gzipSync(html + texts, { level: 9 }).length + assets, assets };
});
rows.sort((a, b) => b.bytes - a.bytes);
for (const { name, bytes } of rows.slice(0, 5)) console.log(`${kib(bytes).padStart(10)}  docs/${name}`);
console.log(
  `${kib(rows[0]?.assets ?? 0).padStart(10)}  of these are script, style and icon (budget of a page ${kib(BUDGET_BYTES)})`,
);
const over = rows.filter(({ bytes }) => bytes > BUDGET_BYTES);
if (over.length > 0) {
  console.error(`over the budget: ${over.map(({ name }) => name).join(", ")}`);
  process.exit(1);
}

function sentBytes(file) {
  const compressed = join(DIST, `${file}.br`);
  return statSync(existsSync(compressed) ? compressed : join(DIST, file)).size;
}

function kib(bytes) {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}
