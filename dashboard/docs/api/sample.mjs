// A call of an endpoint that could be typed into a shell.
import { BODIES, HEADERS, QUERIES, VALUES } from "./examples.mjs";
import { placeOf } from "./variables.mjs";

/** Fields that people write first; the document has its names by the alphabet. */
const FIRST = ["model", "role", "id", "name", "email", "messages", "prompt", "input"];

function inOrder(value) {
  if (Array.isArray(value)) return value.map(inOrder);
  if (value === null || typeof value !== "object") return value;
  const place = (name) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  const fields = Object.entries(value).sort(([one], [other]) => place(one) - place(other));
  return Object.fromEntries(fields.map(([name, inner]) => [name, inOrder(inner)]));
}

export function bodySample(schema, { resolve }, id) {
  const whole = resolve(schema);
  const example = BODIES[id] ?? whole.examples?.[0] ?? whole.example;
  if (example !== undefined) return inOrder(example);
  const required = whole.required ?? [];
  const all = Object.keys(whole.properties ?? {});
  // A change names one thing at least.
  const names = required.length > 0 ? required : all.slice(0, 1);
  return inOrder(
    Object.fromEntries(names.map((name) => [name, sampleOf(name, whole.properties?.[name], resolve)])),
  );
}

function sampleOf(name, schema, resolve) {
  const { type, enum: values, examples, example, properties, minimum } = resolve(schema);
  if (values) return values[0];
  if (examples) return examples[0];
  if (example !== undefined) return example;
  if (VALUES[name] !== undefined) return VALUES[name];
  if (properties) return bodySample(schema, { resolve });
  const first = [type].flat()[0];
  return (
    { string: "text", integer: minimum || 1, number: 1, boolean: true, array: [], object: {} }[first] ?? null
  );
}

const PROOFS = {
  bearer: ['-H "Authorization: Bearer $YUNXIN_API_KEY"'],
  management_key: ['-H "Authorization: Bearer $YUNXIN_MANAGEMENT_KEY"'],
};

/** They ask for no proof, and are about the cookie that is there. */
const COOKIES_TOO = ["sign_out", "accept_invite", "finish_provider_sign_in"];
/** They answer with a cookie. */
const KEEP_COOKIES = ["sign_in", "start_provider_sign_in", "finish_provider_sign_in"];
/** They send browsers elsewhere. */
const REDIRECT = ["start_provider_sign_in", "finish_provider_sign_in"];

export function curlOf({ id, method, path, proofs, query, body }) {
  const address = path.replaceAll(
    /([\w-]+)\/\{\*?(\w+)\}/g,
    (_, segment, name) => `${segment}/${placeOf(segment, name, path)}`,
  );
  const asked = query
    .filter(({ isRequired }) => isRequired)
    .map(({ name }) => `${name}=${VALUES[name] ?? "text"}`);
  const search = QUERIES[id] ?? (asked.length > 0 ? `?${asked.join("&")}` : "");
  const lines = [
    `curl --fail-with-body -sS ${method === "GET" ? "" : `-X ${method} `}"{{base_url}}${address}${search}"`,
    ...proofLines({ id, method, path, proofs }),
    ...(HEADERS[id] ?? []),
  ];
  if (KEEP_COOKIES.includes(id)) lines.push("-c cookies.txt");
  if (REDIRECT.includes(id)) lines.push("-w '%{redirect_url}\\n'");
  if (body !== undefined) lines.push('-H "Content-Type: application/json"', `-d '${inQuotes(body)}'`);
  return lines.join(" \\\n  ");
}

function proofLines({ id, method, path, proofs }) {
  const proof = ["bearer", "management_key"].find((name) => proofs.includes(name));
  if (proof) return PROOFS[proof];
  // A write that needs no key could come from a page of somebody else.
  const ownPage =
    method !== "GET" && path.startsWith("/api/v1/")
      ? ['-H "X-Yunxin-Request: dashboard"', '-H "Sec-Fetch-Site: same-origin"']
      : [];
  const cookies = proofs.includes("session") || COOKIES_TOO.includes(id) ? ["-b cookies.txt"] : [];
  return [...ownPage, ...cookies];
}

/** JSON inside a shell's single quotes, which a variable leaves for as long as it is. */
function inQuotes(body) {
  const text = JSON.stringify(body, null, 2).replaceAll("'", "'\\''").replaceAll("\n", "\n  ");
  return text.replaceAll(/"(\$[A-Z_]+)"/g, (_, variable) => `"'"${variable}"'"`);
}
