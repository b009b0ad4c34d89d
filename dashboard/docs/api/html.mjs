// An endpoint as HTML.
import { escapeHtml } from "../html.mjs";

const PROOFS = {
  bearer: "an API key (`Authorization: Bearer yx-…`)",
  management_key: "a management key (`Authorization: Bearer yxm-…`)",
  session: "a signed-in browser",
};

export function proofText(proofs) {
  const words = [...new Set(proofs)].map((name) => PROOFS[name]).filter(Boolean);
  return words.length === 0 ? "Needs no key." : `Needs ${words.join(" or ")}.`;
}

export function endpointHtml(endpoint, renderer) {
  const { id, title, method, path, summary, text, proofs, body } = endpoint;
  const parts = [
    `<h3 id="${id}">${escapeHtml(title)} <a class="anchor" href="#${id}" aria-label="${escapeHtml(title)}">#</a></h3>`,
    `<p class="endpoint"><span class="method ${method.toLowerCase()}">${method}</span> <code>${escapeHtml(path)}</code></p>`,
    paragraphs(`${summary} ${text}`, renderer),
    `<p class="proof">${renderer.inline(proofText(proofs))}</p>`,
    fieldList("Path", endpoint.path_parameters, renderer),
    fieldList("Query", endpoint.query, renderer),
  ];
  if (body) parts.push(`<h4>Body</h4>`, paragraphs(body.text, renderer), fields(body.fields, renderer));
  parts.push("<h4>Answers</h4>", answers(endpoint.answers, renderer), renderer.code(endpoint.curl, "bash"));
  return parts.filter(Boolean).join("\n");
}

export function paragraphs(text, renderer) {
  const blocks = text.split(/\n\s*\n/).map((block) => block.trim());
  return blocks
    .filter(Boolean)
    .map((block) => `<p>${renderer.inline(block)}</p>`)
    .join("\n");
}

function fieldList(title, list, renderer) {
  return list.length === 0 ? "" : `<h4>${title}</h4>\n${fields(list, renderer)}`;
}

export function fields(list, renderer) {
  if (list.length === 0) return "";
  return `<ul class="fields">${list.map((field) => fieldHtml(field, renderer)).join("")}</ul>`;
}

function fieldHtml({ name, type, isRequired, text, limits, fields: inner }, renderer) {
  const required = isRequired ? ' <span class="field-required">required</span>' : "";
  const about = [text, limits && `${limits.charAt(0).toUpperCase()}${limits.slice(1)}.`]
    .filter(Boolean)
    .join(" ");
  const nested =
    inner.length === 0
      ? ""
      : `<details><summary>Fields of <code>${escapeHtml(name)}</code></summary>${fields(inner, renderer)}</details>`;
  return `<li><div class="field-head"><code>${escapeHtml(name)}</code> <span class="field-type">${escapeHtml(type)}</span>${required}</div>${about ? `<p>${renderer.inline(about)}</p>` : ""}${nested}</li>`;
}

function answers(list, renderer) {
  const rows = list.map(({ status, text, types, fields: inner }) => {
    const also = types.length > 0 ? ` <span class="field-type">${escapeHtml(types.join(", "))}</span>` : "";
    const detail =
      inner.length === 0 ? "" : `<details><summary>Fields</summary>${fields(inner, renderer)}</details>`;
    return `<dt>${escapeHtml(status)}</dt><dd>${renderer.inline(text)}${also}${detail}</dd>`;
  });
  return `<dl class="answers">${rows.join("\n")}</dl>`;
}
