// A call of an endpoint that could be typed into a shell.

/** Values that read like what people send; by the name of the field. */
const VALUES = {
  model: "sandbox-small",
  upstream_model: "gpt-4o-mini",
  provider: "openai",
  kind: "openai",
  email: "ann@example.com",
  name: "Production server",
  display_name: "Production",
  password: "correct horse battery staple",
  new_password: "correct horse battery staple",
  current_password: "the old long password",
  code: "123456",
  token: "TOKEN",
  tier: "basic",
  min_tier: "free",
  role: "member",
  environment: "live",
  language: "en",
  page: "quickstart",
  messages: [{ role: "user", content: "Say hello." }],
  prompt: "Once upon a time",
  input: ["hello"],
  scopes: ["usage:read"],
  model_type: "chat",
  pricing_unit: "per_million_tokens",
  owned_by: "openai",
};

/** Fields that people write first; the document has its names by the alphabet. */
const FIRST = ["model", "role", "id", "name", "email", "messages", "prompt", "input"];

function inOrder(value) {
  if (Array.isArray(value)) return value.map(inOrder);
  if (value === null || typeof value !== "object") return value;
  const place = (name) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  const fields = Object.entries(value).sort(([one], [other]) => place(one) - place(other));
  return Object.fromEntries(fields.map(([name, inner]) => [name, inOrder(inner)]));
}

export function bodySample(schema, { resolve }) {
  const whole = resolve(schema);
  const example = whole.examples?.[0] ?? whole.example;
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

/** What stands for `{…}` in a path: what every installation has, else a word to replace. */
function placeOf(name, path) {
  if (name === "account_id") return "$YUNXIN_ACCOUNT_ID";
  return /\/models\/\{id\}$/.test(path) ? VALUES.model : name.toUpperCase();
}

/** Whether the suite runs the sample: it changes nothing, or only what calls of models change, and names nothing that must exist before. */
export function isRun({ id, method, path, proofs }) {
  if (path.startsWith("/v1/") || path === "/healthz" || path === "/readyz") return id !== "report_leaks";
  const isOpen = path
    .replace("{account_id}", "")
    .replace(/models\/\{id\}$/, "")
    .includes("{");
  return (
    method === "GET" && path.startsWith("/api/v1/accounts/") && proofs.includes("management_key") && !isOpen
  );
}

export function curlOf({ method, path, proofs, query, body }) {
  const address = path.replaceAll(/\{\*?(\w+)\}/g, (_, name) => placeOf(name, path));
  const asked = query
    .filter(({ isRequired }) => isRequired)
    .map(({ name }) => `${name}=${VALUES[name] ?? "text"}`);
  const search = asked.length > 0 ? `?${asked.join("&")}` : "";
  const lines = [
    `curl --fail-with-body -sS ${method === "GET" ? "" : `-X ${method} `}"{{base_url}}${address}${search}"`,
  ];
  const proof = ["bearer", "management_key"].find((name) => proofs.includes(name));
  if (proof) lines.push(...PROOFS[proof]);
  else if (method !== "GET")
    lines.push('-H "X-Yunxin-Request: dashboard"', '-H "Sec-Fetch-Site: same-origin"');
  if (!proof && proofs.includes("session")) lines.push("-b cookies.txt");
  if (body !== undefined) {
    const text = JSON.stringify(body, null, 2).replaceAll("'", "'\\''");
    lines.push('-H "Content-Type: application/json"', `-d '${text.replaceAll("\n", "\n  ")}'`);
  }
  return lines.join(" \\\n  ");
}
