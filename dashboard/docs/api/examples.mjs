// What the samples of the API reference send. Every one of them is run (tests/docs), so all of it is taken by a server.

/** Values that read like what people send; by the name of the field. `$…` is a variable of the shell. */
export const VALUES = {
  model: "sandbox-small",
  upstream_model: "sandbox-large",
  provider: "sandbox",
  kind: "openai",
  email: "ann@example.com",
  name: "Production server",
  display_name: "Team",
  password: "correct horse battery",
  key: "$LEAKED_KEY",
  up_to: "$KEY_EVENT_ID",
  token: "$INVITE_TOKEN",
  url: "https://hooks.example.com/yunxin",
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
  grace_seconds: 3600,
  account_multiplier: 10,
  price_factor_percent: 100,
};

const MODEL = {
  id: "gpt-4o-mini",
  display_name: "GPT-4o mini",
  owned_by: "openai",
  model_type: "chat",
  min_tier: "free",
  capabilities: [],
  aliases: [],
  pricing_unit: "per_million_tokens",
  prices: { input: "0.15", output: "0.60" },
  is_public: true,
};

/** Bodies of operations where fields by their names do not make a sensible whole. */
export const BODIES = {
  create_batch: { input_file_id: "$FILE_ID", endpoint: "/v1/chat/completions", completion_window: "24h" },
  edit_account: { name: "Acme" },
  edit_api_key: { name: "Staging server" },
  try_api_key: { model: "sandbox-small", messages: [{ role: "user", content: "Say hello." }] },
  edit_webhook: { is_enabled: false },
  redeem_code: { code: "$REDEMPTION_CODE" },
  grant_credits: { amount: "12.50", reason: "A welcome" },
  undo_ledger_entry: { reason: "Granted twice" },
  create_order: { provider: "alipay", method: "alipay", credits: "5" },
  request_refund: { reason: "Bought too much" },
  refund_order: { reason: "Bought too much" },
  create_redemption_batch: { name: "Spring", amount: "10", codes: 50 },
  create_account: { email: "carl@example.com", tier: "basic" },
  edit_operator_account: { tier: "pro" },
  create_model: MODEL,
  edit_model: { ...MODEL, id: "$MODEL_ID" },
  create_deployment: {
    model: "sandbox-small",
    provider: "sandbox",
    upstream_model: "sandbox-large",
    weight: 1,
  },
  edit_deployment: { weight: 2 },
  create_sign_up_invite: { email: "dora@example.com" },
  create_operator_management_key: { name: "Reports", scopes: ["admin:read"] },
  find_provider_models: { name: "local", kind: "openai", base_url: "http://127.0.0.1:9000/v1" },
  create_provider: { name: "local", kind: "openai", base_url: "http://127.0.0.1:9000/v1" },
  edit_provider: { base_url: "http://127.0.0.1:9001/v1" },
  create_tier: {
    id: "team",
    display_name: "Team",
    rank: 7,
    priority: 2,
    account_multiplier: 10,
    price_factor_percent: 100,
  },
  edit_tier: {
    id: "$TIER_ID",
    display_name: "Team",
    rank: 7,
    priority: 2,
    account_multiplier: 10,
    price_factor_percent: 90,
  },
  report_leaks: [{ type: "yunxin_api_key", token: "$LEAKED_KEY" }],
  confirm_email: { token: "$CONFIRMATION_TOKEN" },
  create_first_operator: {
    email: "ann@example.com",
    token: "$OPERATOR_TOKEN",
    password: "correct horse battery",
  },
  confirm_password_reset: { token: "$RESET_TOKEN", password: "a new long password" },
  sign_up: { email: "bea@example.com", password: "correct horse battery" },
  edit_me: { name: "Ann" },
  change_password: { current_password: "correct horse battery", new_password: "a new long password" },
  confirm_two_factor: { code: "$TOTP_CODE" },
  disable_two_factor: { code: "$RECOVERY_CODE", password: "correct horse battery" },
  renew_recovery_codes: { code: "$RECOVERY_CODE", password: "correct horse battery" },
};

/** Headers that are not about who calls. */
export const HEADERS = {
  create_file: ["-F purpose=batch", "-F file=@requests.jsonl"],
  create_image_edit: ["-F model=sandbox-image", "-F image=@picture.png", '-F prompt="Paint it red."'],
  create_image_variation: ["-F model=sandbox-image", "-F image=@picture.png"],
  create_speech: ["-o speech.wav", "-w '%{size_download} bytes\\n'"],
  get_invoice_document: ["-o invoice.pdf", "-w '%{size_download} bytes\\n'"],
  get_operator_invoice_document: ["-o invoice.pdf", "-w '%{size_download} bytes\\n'"],
  create_transcription: ["-F model=sandbox-transcription", "-F file=@recording.wav"],
  create_translation: ["-F model=sandbox-transcription", "-F file=@recording.wav"],
  report_leaks: [
    '-H "Github-Public-Key-Identifier: $SCANNER_ID"',
    '-H "Github-Public-Key-Signature: $SIGNATURE"',
  ],
};

/** What follows the path where the document calls no part of it required. */
export const QUERIES = {
  finish_provider_sign_in: "?code=$PROVIDER_CODE&state=$PROVIDER_STATE",
  get_generation: "?id=$REQUEST_ID",
};
