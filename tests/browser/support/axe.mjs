import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const EVERYTHING = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
/** The rules whose verdict a theme can change. */
const COLOURS = { type: "rule", values: ["color-contrast", "link-in-text-block"] };
const THEMES = [
  ["light", EVERYTHING],
  ["dark", COLOURS],
];

async function violationsOf(page, runOnly) {
  const { violations } = await page.evaluate((only) => window.axe.run(document, { runOnly: only, resultTypes: ["violations"] }), runOnly);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).join(" | ")}`);
}

/** The end of every transition: colours that are inherited change one after the other. */
async function atRest() {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  for (let still = 0; still < 3; ) {
    await frame();
    still = document.getAnimations().some((one) => one.playState === "running") ? 0 : still + 1;
  }
}

/** What shuts somebody out of the page by how it is built, in both themes; the page follows the theme of its system. */
export async function violations(page) {
  // Through the debugger, not a script element: the content security policy forbids the page more than us.
  await page.evaluate(AXE);
  const found = [];
  for (const [colorScheme, runOnly] of THEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
    await page.evaluate(atRest);
    for (const one of await violationsOf(page, runOnly)) found.push(`${colorScheme}: ${one}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  return found;
}
