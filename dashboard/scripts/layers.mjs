// Fails when an import runs up a floor or in a circle, and when a feature reaches into another one. The floors are those of README.md.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const SOURCE = new URL("../src", import.meta.url).pathname;
/** From the bottom to the top: a file imports from its own floor and from those below. */
const FLOORS = [
  ["base-path.ts", "random-id.ts", "locales", "theme"],
  ["lib", "api"],
  ["i18n"],
  ["hooks"],
  ["components"],
  ["features"],
  ["shell"],
  ["routes"],
  ["app.tsx"],
  ["main.tsx"],
];
/** What a feature shows to the others: what it asks the server for, and this folder. */
const FACE = /^features\/[^/]+\/(?:queries\.ts$|shared\/)/;
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)"([^"]+)"/g;
const isTest = (file) => file.startsWith("test/") || /\.test\.tsx?$/.test(file);

const files = readdirSync(SOURCE, { recursive: true })
  .map((file) => String(file).replaceAll("\\", "/"))
  .filter((file) => /\.tsx?$/.test(file) && !isTest(file));
const imports = new Map(files.map((file) => [file, importsOf(file)]));
const problems = [...imports].flatMap(([file, targets]) =>
  targets.flatMap((target) => problemOf(file, target)),
);
problems.push(...circlesIn(imports));

if (problems.length > 0) {
  for (const problem of problems) console.error(problem);
  process.exit(1);
}
console.log(`layers: ${files.length} files, no arrow up, no circle`);

/** The files of ours that a file imports, also those whose types alone it uses. */
function importsOf(file) {
  const text = readFileSync(join(SOURCE, file), "utf8");
  return [...text.matchAll(IMPORT)].flatMap((match) => resolve(file, match[1]) ?? []);
}

function resolve(file, specifier) {
  const path = specifier.startsWith("@/")
    ? specifier.slice(2)
    : specifier.startsWith(".")
      ? normalize(join(dirname(file), specifier))
      : null;
  if (path === null) return null;
  return [path, `${path}.ts`, `${path}.tsx`].find(
    (one) => existsSync(join(SOURCE, one)) && /\.\w+$/.test(one),
  );
}

function problemOf(file, target) {
  const from = floorOf(file);
  const to = floorOf(target);
  if (from === -1 || to === -1) return [`${file} -> ${target}: on no floor (scripts/layers.mjs)`];
  if (to > from) return [`${file} -> ${target}: an arrow up`];
  const isOther =
    featureOf(file) !== null && featureOf(target) !== null && featureOf(file) !== featureOf(target);
  if (isOther && !FACE.test(target)) return [`${file} -> ${target}: inside another feature`];
  return [];
}

function floorOf(file) {
  const top = file.split("/")[0];
  return FLOORS.findIndex((floor) => floor.includes(top));
}

function featureOf(file) {
  return /^features\/([^/]+)\//.exec(file)?.[1] ?? null;
}

/** Circles, each told once from where it is first met. A page that is loaded on demand is an import as well. */
function circlesIn(graph) {
  const done = new Set();
  const trail = [];
  const circles = [];
  const visit = (file) => {
    const begin = trail.indexOf(file);
    if (begin >= 0) {
      circles.push(`a circle: ${[...trail.slice(begin), file].join(" -> ")}`);
      return;
    }
    if (done.has(file)) return;
    trail.push(file);
    for (const target of graph.get(file) ?? []) visit(target);
    trail.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return circles;
}
