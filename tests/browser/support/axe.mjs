import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const EVERYTHING = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
/** The rules whose verdict a theme can change, and what each looks at. */
const COLOURS = { "color-contrast": "", "link-in-text-block": "a[href]" };
const THEMES = [
  ["light", EVERYTHING],
  ["dark", { type: "rule", values: Object.keys(COLOURS) }],
];

function told(theme, violations) {
  return violations.map(({ id, nodes }) => {
    const where = nodes.slice(0, 3).map((node) => `${node.target} ${node.any[0]?.message ?? ""}`);
    return `${theme}: ${id}: ${where.join(" | ")}`;
  });
}

/** The end of every transition: colours that are inherited change one after the other. */
async function atRest() {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  for (let still = 0; still < 3; ) {
    await frame();
    still = document.getAnimations().some((one) => one.playState === "running") ? 0 : still + 1;
  }
}

/**
 * Runs the rules over the document; those about colours only over what looks like nothing that was judged on this page or one before.
 * What a text looks like is its element, its colours, size and weight, and those of all it stands in up to an opaque background.
 */
async function judge({ runOnly, colours, looks }) {
  const UNJUDGED = "data-unjudged";
  const known = new Set(looks);
  const seen = new Map();
  const look = (element) => {
    if (element === null) return "";
    if (seen.has(element)) return seen.get(element);
    const style = getComputedStyle(element);
    const own = [element.localName, element.getAttribute("class"), element.matches(":disabled, [aria-disabled=true]"), style.color, style.fontSize];
    own.push(style.fontWeight, style.opacity, style.textDecorationLine, style.textShadow, style.backgroundColor, style.backgroundImage);
    const isOpaque = /^rgb\(/.test(style.backgroundColor) && style.opacity === "1";
    const whole = `${own.join(" ")} < ${isOpaque ? "" : look(element.parentElement)}`;
    seen.set(element, whole);
    return whole;
  };
  // Two hashes instead of the words: what is known goes to every page and comes back.
  const short = (text) => {
    let [one, two] = [0x811c9dc5, 0x9e3779b9];
    for (let place = 0; place < text.length; place += 1) {
      one = Math.imul(one ^ text.charCodeAt(place), 0x01000193);
      two = Math.imul(two ^ text.charCodeAt(place), 0x85ebca6b);
    }
    return `${one}:${two}`;
  };
  const hasText = (element) =>
    element.matches("a[href], input, select, textarea") || [...element.childNodes].some(({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim() !== "");
  const unjudged = [...document.body.querySelectorAll("*")].filter((element) => {
    if (!element.checkVisibility() || !hasText(element)) return false;
    const whole = short(`${look(element)} in ${look(element.parentElement)}`);
    return !known.has(whole) && known.add(whole);
  });
  for (const element of unjudged) element.setAttribute(UNJUDGED, "");
  window.axe.configure({ rules: Object.entries(colours).map(([id, selector]) => ({ id, selector: `${selector}[${UNJUDGED}]` })) });
  const isNeeded = unjudged.length > 0 || runOnly.type === "tag";
  const { violations } = isNeeded ? await window.axe.run(document, { runOnly, resultTypes: ["violations"] }) : { violations: [] };
  for (const element of unjudged) element.removeAttribute(UNJUDGED);
  return { looks: [...known], violations };
}

/** Looks at one page after the other; a text that looks like one of a page before is not judged again. */
export function inspector() {
  let looks = [];
  /** What shuts somebody out of the page by how it is built, in both themes; the page follows the theme of its system. */
  return async (page) => {
    // Through the debugger, not a script element: the content security policy forbids the page more than us.
    await page.evaluate(AXE);
    const faults = [];
    for (const [theme, runOnly] of THEMES) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await page.locator(`html[data-mantine-color-scheme="${theme}"]`).waitFor();
      await page.evaluate(atRest);
      const judged = await page.evaluate(judge, { runOnly, colours: COLOURS, looks });
      faults.push(...told(theme, judged.violations));
      looks = judged.looks;
    }
    await page.emulateMedia({ colorScheme: "light" });
    return faults;
  };
}
