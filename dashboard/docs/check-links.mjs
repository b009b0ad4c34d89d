// Checks the built documentation: `node docs/check-links.mjs dist/docs`. Every internal link leads to a page and an anchor that are
// there, every file that a page names exists, and nothing comes from another host.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const folder = resolve(process.argv[2] ?? new URL("../dist/docs", import.meta.url).pathname);
const dist = join(folder, "..");
/** Addresses that the server answers without a file. */
const SERVED = [
  /^\/$/,
  /^\/docs$/,
  /^\/openapi\.json$/,
  /^\/llms\.txt$/,
  /^\/docs\/llms-full\.txt$/,
  /^\/api\/v1\//,
  /^\/v1\//,
];
/** Pages of the Dashboard have no file of their own. */
const DASHBOARD =
  /^\/(?:a|operator|settings|sign-in|sign-up|api-keys|usage|requests|errors|models|playground|overview|billing|revoke-key)(?:\/|$)/;

const names = readdirSync(folder).filter((name) => name.endsWith(".html"));
const pages = new Map(
  names.map((name) => [`/docs/${name.slice(0, -5)}`, readFileSync(join(folder, name), "utf8")]),
);
const faults = [];
const counts = { pages: pages.size, links: 0, anchors: 0, assets: 0, external: 0 };

for (const [page, html] of pages) {
  const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice) faults.push(`${page}: the id ${twice} is there twice`);
  for (const [tag, , attribute, value] of html.matchAll(
    /<(\w+)\b[^>]*?\s(href|src|srcset|action|poster)="([^"]*)"/g,
  )) {
    look(page, tag, attribute, value.replaceAll("&amp;", "&"));
  }
  if (/<script(?![^>]*\ssrc=)/.test(html)) faults.push(`${page}: a script within the page`);
  if (/<style|\sstyle="/.test(html)) faults.push(`${page}: a style within the page`);
}
for (const name of readdirSync(folder).filter((file) => file.endsWith(".md"))) {
  const text = readFileSync(join(folder, name), "utf8").replaceAll(/^```[\s\S]*?^```/gm, "");
  for (const [, target] of text.matchAll(/\]\((\/[^)\s]*)\)/g)) internal(`/docs/${name}`, target);
}

for (const fault of faults) console.error(fault);
console.log(
  `${counts.pages} pages, ${counts.links} internal links, ${counts.anchors} anchors, ${counts.assets} assets, ${counts.external} external links: ${faults.length} faults`,
);
process.exit(faults.length > 0 ? 1 : 0);

function look(page, tag, attribute, value) {
  const isLink = tag.startsWith("<a ") || /rel="(?:alternate|prev|next)"/.test(tag);
  if (value.startsWith("{{base_url}}")) return;
  if (/^(?:[a-z]+:)?\/\//i.test(value) || /^(?:data|javascript|mailto):/i.test(value)) {
    counts.external += 1;
    if (!tag.startsWith("<a ") || /^javascript/i.test(value))
      faults.push(`${page}: ${attribute} of another host: ${value}`);
    return;
  }
  if (value.startsWith("?")) return;
  if (!isLink && !value.startsWith("/docs/")) {
    counts.assets += 1;
    if (!existsSync(join(dist, value))) faults.push(`${page}: no file ${value}`);
    return;
  }
  internal(page, value);
}

function internal(page, target) {
  const [path, anchor] = target.split("#");
  const to = path === "" ? page : path.split("?")[0];
  counts.links += 1;
  if (SERVED.some((pattern) => pattern.test(to)) || DASHBOARD.test(to)) return;
  if (to.endsWith(".md") && to.startsWith("/docs/")) {
    if (!existsSync(join(folder, to.slice(6)))) faults.push(`${page}: no page ${target}`);
    return;
  }
  const html = pages.get(to);
  if (html === undefined) {
    faults.push(`${page}: no page ${target}`);
    return;
  }
  if (anchor === undefined || anchor === "") return;
  counts.anchors += 1;
  if (!new RegExp(`\\sid="${anchor.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}"`).test(html)) {
    faults.push(`${page}: no anchor ${target}`);
  }
}
