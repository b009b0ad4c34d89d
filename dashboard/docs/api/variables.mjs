// The variables of the shell that samples name, and what the pages say of each.

const MEANINGS = {
  YUNXIN_API_KEY: "an API key (`yx-…`)",
  YUNXIN_MANAGEMENT_KEY:
    "a management key (`yxm-…`) of the account, with the scopes that the endpoint asks for",
  YUNXIN_ACCOUNT_ID: "the account",
  API_KEY_ID: "an API key, by its id and not its secret",
  INVITE_ID: "an invite",
  MEMBER_ID: "the user whose membership it is",
  REQUEST_ID: "a request: the `X-Request-Id` of its answer",
  WEBHOOK_ID: "a webhook",
  MANAGEMENT_KEY_ID: "a management key, by its id and not its secret",
  KEY_EVENT_ID: "an event of the key log",
  ACCOUNT_ID: "an account",
  USER_ID: "a user",
  TIER_ID: "a tier",
  PROVIDER: "a provider, by its name",
  MODEL_ID: "a model",
  DEPLOYMENT_ID: "a deployment",
  SESSION_ID: "a session",
  SIGN_IN_PROVIDER: "a sign-in provider, by its name",
  INVITE_TOKEN: "what follows `#` in the link of an invite",
  RESET_TOKEN: "what follows `#` in the link for a new password",
  OPERATOR_TOKEN: "what follows `#` in the link that `yunxin operator link` prints",
  CONFIRMATION_TOKEN: "what follows `#` in the link that confirms an address",
  TOTP_CODE: "the code that the app shows",
  RECOVERY_CODE: "a recovery code",
  FILE_ID: "a file",
  BATCH_ID: "a batch",
  RESPONSE_ID: "a kept response",
  LEDGER_ENTRY_ID: "an entry of the ledger",
  ORDER_ID: "an order of credits",
  INVOICE_ID: "an invoice or a credit note",
  REDEMPTION_BATCH_ID: "a batch of redemption codes",
  REDEMPTION_CODE: "a redemption code (`YXC-…`)",
  LEAKED_KEY: "the secret that was found",
  SCANNER_ID: "the name that the operator gave to the public key of who reports",
  SIGNATURE: "what signs the body by that key, in base64",
  PROVIDER_CODE: "what the sign-in provider sends people back with",
  PROVIDER_STATE: "what it was given and sends back as well",
};

/** What stands for `{id}`, by the segment of the path before it. */
const IDS = {
  "api-keys": "API_KEY_ID",
  invites: "INVITE_ID",
  members: "MEMBER_ID",
  requests: "REQUEST_ID",
  webhooks: "WEBHOOK_ID",
  "management-keys": "MANAGEMENT_KEY_ID",
  accounts: "ACCOUNT_ID",
  users: "USER_ID",
  tiers: "TIER_ID",
  deployments: "DEPLOYMENT_ID",
  sessions: "SESSION_ID",
  entries: "LEDGER_ENTRY_ID",
  orders: "ORDER_ID",
  invoices: "INVOICE_ID",
  "redemption-batches": "REDEMPTION_BATCH_ID",
  identities: "SIGN_IN_PROVIDER",
  files: "FILE_ID",
  batches: "BATCH_ID",
  responses: "RESPONSE_ID",
};

/** What stands for `{…}` behind a segment of a path: what every installation has, else a variable. */
export function placeOf(segment, name, path) {
  if (name === "account_id") return "$YUNXIN_ACCOUNT_ID";
  // An operator changes models; everybody else reads one that is always there.
  if (segment === "models" && path.startsWith("/api/v1/admin/")) return "$MODEL_ID";
  if (segment === "models") return path.includes("mbedContent") ? "sandbox-embedding" : "sandbox-small";
  if (segment === "providers") return path.startsWith("/api/v1/admin/") ? "$PROVIDER" : "$SIGN_IN_PROVIDER";
  const variable = IDS[segment];
  if (variable === undefined) throw new Error(`samples have no variable for {${name}} of ${path}`);
  return `$${variable}`;
}

const OPERATORS_KEY =
  "an operator's management key (`yxm-…`), with the scopes `admin:read` and `admin:write`";

const COOKIES =
  "What only a signed-in browser may do sends the session cookie: curl reads it from `cookies.txt`, where signing in leaves it.";

/** What the samples of a page read, to be said at its beginning: one line of a list for each variable, and a paragraph behind them. */
export function variablesOf(samples) {
  const whole = samples.join("\n");
  const isForOperators = whole.includes("/api/v1/admin/");
  const meanings = isForOperators ? { ...MEANINGS, YUNXIN_MANAGEMENT_KEY: OPERATORS_KEY } : MEANINGS;
  const lines = Object.entries(meanings)
    .filter(([name]) => new RegExp(`\\$${name}\\b`).test(whole))
    .map(([name, meaning]) => `\`${name}\`: ${meaning}`);
  return {
    before: "The samples run as printed in a shell that has these variables:",
    lines,
    after: whole.includes("-b cookies.txt") ? COOKIES : "",
  };
}
