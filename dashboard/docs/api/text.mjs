// An endpoint as Markdown, for those who read the page as text.
import { proofText } from "./html.mjs";

export function endpointText(endpoint) {
  const { title, method, path, summary, text, proofs, body, answers, curl } = endpoint;
  return [
    `### ${title}`,
    `\`${method} ${path}\``,
    `${summary} ${text}`.trim(),
    proofText(proofs),
    list("Path:", endpoint.path_parameters),
    list("Query:", endpoint.query),
    body ? list(["Body:", oneLine(body.text)].filter(Boolean).join(" "), body.fields) : "",
    answersText(answers),
    `\`\`\`bash\n${curl}\n\`\`\``,
  ]
    .filter(Boolean)
    .join("\n\n");
}

function list(title, fields) {
  return fields.length === 0 ? "" : `${title}\n\n${fieldsText(fields, "")}`;
}

export function fieldsText(fields, indent) {
  return fields
    .map(({ name, type, isRequired, text, limits, fields: inner }) => {
      const about = [isRequired ? "required" : "", oneLine(text), limits].filter(Boolean).join("; ");
      const line = `${indent}- \`${name}\` (${type})${about ? `: ${about}` : ""}`;
      return inner.length > 0 ? `${line}\n${fieldsText(inner, `${indent}  `)}` : line;
    })
    .join("\n");
}

function answersText(answers) {
  const lines = answers.map(({ status, text, fields }) => {
    const line = `- \`${status}\`${text ? ` ${oneLine(text)}` : ""}`;
    return fields.length > 0 ? `${line}\n${fieldsText(fields, "  ")}` : line;
  });
  return `Answers:\n\n${lines.join("\n")}`;
}

function oneLine(text) {
  return text.replaceAll(/\s+/g, " ").trim();
}
