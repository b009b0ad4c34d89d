// Markdown into the HTML of an article, its headings, and the text that is searched.
import MarkdownIt from "markdown-it";
import { callouts } from "./callouts.mjs";
import { createHighlighter, renderFence, tabGroups } from "./code.mjs";
import { anchors, escapeHtml } from "./html.mjs";
import { plain } from "./plain.mjs";

/** Stands for `{{base_url}}` while Markdown is read and code is coloured: one word everywhere, in no page otherwise. */
const BASE_URL = "YXBASEURLYX";

export async function createRenderer() {
  const highlight = await createHighlighter();
  const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });
  markdown.core.ruler.push("callouts", callouts);
  markdown.core.ruler.push("tab_groups", tabGroups);
  markdown.core.ruler.push("headings", headings);
  markdown.core.ruler.push("tiers", tiers);
  markdown.core.ruler.push("corners", corners);
  Object.assign(markdown.renderer.rules, {
    fence: (tokens, index) => renderFence(tokens[index], highlight),
    tab_group: (tokens, index) => renderFence(tokens[index], highlight),
    heading_close: (tokens, index) => `${anchorLink(tokens[index])}</${tokens[index].tag}>\n`,
    table_open: () => `<div class="table" tabindex="0"><table>\n`,
    table_close: () => "</table></div>\n",
    tiers: () => "{{tiers}}\n",
  });
  return {
    /** `like`: headings of the page that this one translates; it has their anchors. */
    page: (text, like) => render(markdown, text, like),
    inline: (text) => markdown.renderInline(text),
    code: (text, language) => {
      const token = { type: "fence", info: language, content: text.replaceAll("{{base_url}}", BASE_URL) };
      return renderFence(token, highlight).replaceAll(BASE_URL, "{{base_url}}");
    },
  };
}

function render(markdown, text, like) {
  const env = { headings: [], anchorOf: like ? anchorsOf(like) : anchors() };
  const html = markdown.render(text.replaceAll("{{base_url}}", BASE_URL), env);
  const [first] = env.headings;
  if (first?.level !== 1) throw new Error(`a page begins with "# Title", not with: ${text.slice(0, 60)}`);
  return {
    html: html.replaceAll(BASE_URL, "{{base_url}}"),
    headings: env.headings.slice(1),
    heading: first.text,
    summary: summaryOf(text),
    uses: { models: /data-model=/.test(html) },
  };
}

/** A header without words is a plain cell: a reader would be told of a header that says nothing. */
function corners(state) {
  for (const [index, token] of state.tokens.entries()) {
    if (token.type !== "th_open" || state.tokens[index + 1].content !== "") continue;
    token.tag = "td";
    state.tokens[index + 2].tag = "td";
  }
}

/** The anchors of another page's headings, one after the other; the title has none. */
function anchorsOf(headings) {
  const left = ["", ...headings.map(({ anchor }) => anchor)];
  return () => left.shift() ?? "";
}

/** The paragraph below the title, without its marks. */
function summaryOf(text) {
  const [, paragraph = ""] =
    text.replace(/^# .*\n+/, "\n").match(/^\n(?!#|```|>|\{\{)([^\n]+(?:\n(?!\n)[^\n]+)*)/) ?? [];
  return plain(paragraph);
}

/** Gives headings their anchors, and notes them. */
function headings(state) {
  for (const [index, token] of state.tokens.entries()) {
    if (token.type !== "heading_open") continue;
    const inline = state.tokens[index + 1];
    const text = inline.children.map((child) => child.content).join("");
    const level = Number(token.tag.slice(1));
    const anchor = state.env.anchorOf(text);
    if (level > 1) token.attrSet("id", anchor);
    state.tokens[index + 2].meta = { level, anchor, text };
    state.env.headings.push({ level, anchor, text });
  }
}

function anchorLink({ meta: { level, anchor, text } }) {
  if (level === 1) return "";
  return ` <a class="anchor" href="#${anchor}" aria-label="${escapeHtml(text)}">#</a>`;
}

/** A paragraph that is only `{{tiers}}` is a table that the server writes. */
function tiers(state) {
  state.tokens = state.tokens.filter((token, index, all) => {
    if (token.type === "paragraph_open") return all[index + 1]?.content !== "{{tiers}}";
    if (token.type === "paragraph_close") return all[index - 1]?.content !== "{{tiers}}";
    if (token.type === "inline" && token.content === "{{tiers}}") token.type = "tiers";
    return true;
  });
}
