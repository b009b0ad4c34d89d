// The pages of the API reference, from the document that the server serves at `/openapi.json`.
import { escapeHtml } from "../html.mjs";
import { plain } from "../plain.mjs";
import { endpointsOf } from "./endpoints.mjs";
import { endpointHtml, fields, paragraphs } from "./html.mjs";
import { schemas } from "./schema.mjs";
import { endpointText, fieldsText } from "./text.mjs";
import { variablesOf } from "./variables.mjs";

/** Which page has which paths; the first that fits. */
const PAGES = [
  {
    slug: "api-reference-operator",
    title: { en: "Operator API", "zh-CN": "运营 API", "zh-TW": "營運 API" },
    summary: "What operators do about accounts, users, tiers, providers, models and the system.",
    holds: (path) => path.startsWith("/api/v1/admin"),
    groupOf: ({ path }) => path.split("/")[4],
  },
  {
    slug: "api-reference-account",
    title: { en: "Account API", "zh-CN": "账户 API", "zh-TW": "帳戶 API" },
    summary: "What members of an account do, and programs with a management key of it.",
    holds: (path) => path.startsWith("/api/v1/accounts"),
    groupOf: ({ tag }) => tag,
  },
  {
    slug: "api-reference-sign-in",
    title: { en: "Sign-in and profile API", "zh-CN": "登录与个人资料 API", "zh-TW": "登入與個人資料 API" },
    summary: "Signing up and in, what a signed-in user changes about themselves, and what anybody may send.",
    holds: (path) => path.startsWith("/api/v1/"),
    groupOf: ({ tag }) => tag,
  },
  {
    slug: "api-reference",
    title: { en: "Model API", "zh-CN": "模型 API", "zh-TW": "模型 API" },
    summary: "Every endpoint below /v1 and /v1beta, which programs call with an API key.",
    holds: () => true,
    groupOf: ({ tag }) => tag,
  },
];

export function apiReference(document, renderer) {
  const endpoints = endpointsOf(document);
  const pageOf = (endpoint) => PAGES.find(({ holds }) => holds(endpoint.path));
  return PAGES.map((page) => {
    const own = endpoints.filter((endpoint) => pageOf(endpoint) === page);
    return build(document, renderer, page, own);
  });
}

function build(document, renderer, { slug, title, summary, groupOf }, endpoints) {
  const groups = groupBy(endpoints, groupOf);
  const page = {
    slug,
    title,
    heading: title.en,
    summary,
    headings: [],
    sections: [],
    html: "",
    markdown: "",
  };
  add(
    page,
    "",
    "",
    `<h1>${escapeHtml(title.en)}</h1>\n<p>${escapeHtml(summary)}</p>`,
    `# ${title.en}\n\n${summary}`,
    summary,
  );
  if (slug === "api-reference") intro(page, document, renderer);
  aboutSamples(page, endpoints, renderer);
  const tags = (document.tags ?? []).map((tag) => tag.name);
  // The document's own order of tags; those that it does not name come last, as they are.
  const place = (name) => (tags.includes(name) ? tags.indexOf(name) : tags.length);
  const ordered = [...groups].sort(([one], [other]) => place(one) - place(other));
  const descriptions = new Map((document.tags ?? []).map((tag) => [tag.name, tag.description]));
  for (const [name, own] of ordered) {
    const heading = words(name);
    const anchor = `group-${name}`;
    const text = slug === "api-reference" ? (descriptions.get(name) ?? "") : "";
    page.headings.push({ level: 2, anchor, text: heading });
    add(
      page,
      anchor,
      heading,
      h2(anchor, heading) + paragraphs(text, renderer),
      `## ${heading}\n\n${text}`.trim(),
      text,
    );
    for (const endpoint of own) {
      page.headings.push({ level: 3, anchor: endpoint.id, text: endpoint.title });
      const searched = `${endpoint.method} ${endpoint.path} ${endpoint.summary} ${plain(endpoint.text)}`;
      add(
        page,
        endpoint.id,
        endpoint.title,
        endpointHtml(endpoint, renderer),
        endpointText(endpoint),
        searched,
      );
    }
  }
  if (slug === "api-reference") whatHoldsForAll(page, document, renderer);
  page.markdown = `${page.markdown.trim()}\n`;
  return page;
}

/** Adds to the HTML, the Markdown and what is searched. */
function add(page, anchor, heading, html, markdown, text) {
  page.html += `${html}\n`;
  page.markdown += `${markdown}\n\n`;
  page.sections.push({ anchor, heading, text });
}

/** The description of the data plane; its first paragraph is about the document and not about the API. */
function intro(page, document, renderer) {
  const [, ...rest] = (document.info.description ?? "").split(/\n\s*\n/);
  const about = rest.join("\n\n");
  if (about) add(page, "", "", paragraphs(about, renderer), about, "");
}

/** What a shell needs for the samples of the page. */
function aboutSamples(page, endpoints, renderer) {
  const { before, lines, after } = variablesOf(endpoints.map(({ curl }) => curl));
  const items = lines.map((line) => `<li>${renderer.inline(line)}</li>`).join("");
  const html = `<p>${before}</p>\n<ul>${items}</ul>\n${paragraphs(after, renderer)}`;
  const list = lines.map((line) => `- ${line}`).join("\n");
  add(page, "", "", html, `${before}\n\n${list}\n\n${after}`.trim(), "");
}

/** The envelope of errors, and the headers of answers. */
function whatHoldsForAll(page, document, renderer) {
  const error = schemas(document).fieldsOf(document.components.schemas.Error);
  const text = "Whatever is refused or fails is answered in one envelope, on every path.";
  const html = `<p>${text}</p>\n${fields(error, renderer)}`;
  addSection(page, "errors", "Errors", html, `${text}\n\n${fieldsText(error, "")}`, text);
  const headers = Object.entries(document.components.headers ?? {});
  const row = ([name, { description = "" }]) =>
    `<tr><td><code>${name}</code></td><td>${renderer.inline(description)}</td></tr>`;
  const table = `<div class="table" tabindex="0"><table><thead><tr><th>Header</th><th>Meaning</th></tr></thead><tbody>${headers.map(row).join("")}</tbody></table></div>`;
  const lines = headers.map(([name, { description = "" }]) => `- \`${name}\`: ${description}`);
  const searched = headers.map(([name]) => name).join(" ");
  addSection(page, "headers", "Response headers", table, lines.join("\n"), searched);
}

function addSection(page, anchor, heading, html, markdown, text) {
  page.headings.push({ level: 2, anchor, text: heading });
  add(page, anchor, heading, h2(anchor, heading) + html, `## ${heading}\n\n${markdown}`, text);
}

function h2(anchor, heading) {
  const text = escapeHtml(heading);
  return `<h2 id="${anchor}">${text} <a class="anchor" href="#${anchor}" aria-label="${text}">#</a></h2>\n`;
}

/** `api-keys` is "API keys". */
function words(name) {
  const text = name.replaceAll(/[-_]/g, " ").replace(/^api /, "API ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function groupBy(list, keyOf) {
  const groups = new Map();
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}
