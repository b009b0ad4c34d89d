// The built files: which there are, and which need which.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

export const DIST = new URL("../dist", import.meta.url).pathname;
export const LANGUAGES = ["en", "zh-CN", "zh-TW"];

export const scripts = () => readdirSync(join(DIST, "assets")).filter((file) => file.endsWith(".js"));

/** The file of a group (chunks.ts). */
export function assetOf(name) {
  const file = scripts().find((script) => script.replace(/-[\w-]{8}\.js$/, "") === name);
  if (file === undefined) throw new Error(`no file ${name} in dist/assets (scripts/chunks.ts)`);
  return `assets/${file}`;
}

/** These files and all that they import at once. */
export function filesOf(files) {
  const seen = new Set();
  for (const file of files) follow(file, seen);
  return seen;
}

function follow(file, seen) {
  if (seen.has(file)) return;
  seen.add(file);
  if (!file.endsWith(".js")) return;
  const source = readFileSync(join(DIST, file), "utf8");
  for (const match of source.matchAll(/(?:\bfrom|\bimport)\s*["'](\.{1,2}\/[^"']+\.js)["']/g)) {
    follow(normalize(join(dirname(file), match[1])), seen);
  }
}
