// Blocks of code: coloured by classes (the policy has no inline styles), in tabs where one follows another.
import { createCssVariablesTheme, createHighlighterCore } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";
import bash from "shiki/langs/bash.mjs";
import docker from "shiki/langs/docker.mjs";
import ini from "shiki/langs/ini.mjs";
import javascript from "shiki/langs/javascript.mjs";
import json from "shiki/langs/json.mjs";
import nginx from "shiki/langs/nginx.mjs";
import python from "shiki/langs/python.mjs";
import toml from "shiki/langs/toml.mjs";
import yaml from "shiki/langs/yaml.mjs";
import { escapeHtml } from "./html.mjs";

const PREFIX = "--yx-code-";
const GRAMMARS = { bash, python, javascript, json, toml, yaml, nginx, ini, docker };
const ALIASES = { sh: "bash", shell: "bash", js: "javascript", py: "python", console: "bash" };
const NAMES = {
  bash: "Shell",
  python: "Python",
  javascript: "JavaScript",
  json: "JSON",
  toml: "TOML",
  yaml: "YAML",
  nginx: "nginx",
};
/** `"model": "NAME"`, `model="NAME"`, `model: "NAME"`. */
const MODEL = /\bmodel\\?["']?\s*[:=]\s*\\?["']([A-Za-z0-9][\w./:-]*)\\?["']/g;

/** A function from code and language to the HTML of its lines. */
export async function createHighlighter() {
  const theme = createCssVariablesTheme({ name: "classes", variablePrefix: PREFIX, fontStyle: false });
  const highlighter = await createHighlighterCore({
    themes: [theme],
    langs: Object.values(GRAMMARS),
    engine: createJavaScriptRegexEngine(),
  });
  return (code, language) => {
    const lang = ALIASES[language] ?? language;
    if (!(lang in GRAMMARS)) return escapeHtml(code);
    const { tokens } = highlighter.codeToTokens(code, { lang, theme: "classes" });
    const named = [...code.matchAll(MODEL)].map((match) => match[1]);
    // A sample that shows an error needs the name that it has.
    const models = new Set(named.filter((name) => !name.startsWith("no-such-")));
    return tokens.map((line) => line.map((token) => paint(token, models)).join("")).join("\n");
  };
}

function paint({ content, color }, models) {
  const html = markModels(content, models);
  const name = /--yx-code-(?:token-)?([a-z-]+)/.exec(color ?? "")?.[1];
  return name && name !== "foreground" ? `<span class="k-${name}">${html}</span>` : html;
}

/** Names of models can be changed for the reader's own. */
function markModels(content, models) {
  const found = [...models].filter((name) => content.includes(name)).sort((a, b) => b.length - a.length)[0];
  if (!found) return escapeHtml(content);
  const kind = /embed/.test(found) ? "embedding" : "chat";
  const mark = `<span data-model="${kind}">${escapeHtml(found)}</span>`;
  return content.split(found).map(escapeHtml).join(mark);
}

/** What the info string of a fence says: ```` ```bash tab=curl ````, `norun`, `output`. */
function infoOf(token) {
  const [language = "text", ...rest] = token.info.trim().split(/\s+/);
  const tab = rest.find((word) => word.startsWith("tab="))?.slice(4);
  return { language, tab, isOutput: rest.includes("output") };
}

/** Puts fences with `tab=` that stand one after another into one token, with the outputs that follow them. */
export function tabGroups(state) {
  const tokens = [];
  for (const token of state.tokens) {
    const last = tokens.at(-1);
    const group = last?.type === "tab_group" && last.level === token.level ? last : null;
    const { tab, isOutput } = token.type === "fence" ? infoOf(token) : {};
    if (group && isOutput && hasPrograms(group.meta)) {
      group.meta.push(token);
    } else if (tab !== undefined && group && !group.meta.some((fence) => infoOf(fence).isOutput)) {
      group.meta.push(token);
    } else if (tab !== undefined) {
      const begun = new state.Token("tab_group", "", 0);
      tokens.push(Object.assign(begun, { meta: [token], level: token.level, block: true }));
    } else {
      tokens.push(token);
    }
  }
  state.tokens = tokens;
}

/** Then JSON is what curl prints, and text what programs print. */
function hasPrograms(fences) {
  const languages = fences.filter((fence) => !infoOf(fence).isOutput).map((fence) => infoOf(fence).language);
  return languages.length > 1 && languages.some((language) => language !== "bash");
}

/** A fence or a group of them. */
export function renderFence(token, highlight) {
  if (token.type === "tab_group" && token.meta.length > 1) return renderTabs(token.meta, highlight);
  const one = token.type === "tab_group" ? token.meta[0] : token;
  const { language, tab, isOutput } = infoOf(one);
  const name = isOutput ? "{{t.output}}" : escapeHtml(tab ?? NAMES[ALIASES[language] ?? language] ?? "");
  return block({ label: name, isOutput, code: pre(one, highlight) });
}

function block({ label, isOutput, code }) {
  const head = `<div class="code-head"><span>${label}</span>${isOutput ? "" : COPY}</div>`;
  return `<div class="code${isOutput ? " output" : ""}">${head}${code}</div>\n`;
}

const COPY = `<button type="button" class="copy" hidden>{{t.copy}}</button>`;

/** Without scripts all of them are there, one below the other; with scripts they are tabs. */
function renderTabs(fences, highlight) {
  const outputs = fences.filter((fence) => infoOf(fence).isOutput);
  const panels = fences
    .filter((fence) => !infoOf(fence).isOutput)
    .map((fence) => {
      const { tab, language } = infoOf(fence);
      const own = outputs.filter((output) => (language === "bash") === (infoOf(output).language === "json"));
      const printed = own.map((output) => renderFence(output, highlight)).join("");
      const code = block({ label: escapeHtml(tab), code: pre(fence, highlight) });
      return `<section data-tab="${escapeHtml(tab)}">${code}${printed}</section>`;
    });
  return `<div class="tabs">${panels.join("\n")}</div>\n`;
}

function pre(fence, highlight) {
  const { language } = infoOf(fence);
  return `<pre tabindex="0"><code>${highlight(fence.content.replace(/\n$/, ""), language)}</code></pre>`;
}
