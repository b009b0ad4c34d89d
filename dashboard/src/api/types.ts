// The shapes of the management API, as docs/management-api.md has them. This file is the only place that spells them out, so that it
// can be swapped for aliases of the generated schema.

export type Theme = "light" | "dark" | "system";
export type Language = "en" | "zh-CN" | "zh-TW";
export type Role = "viewer" | "member" | "admin" | "owner";
export type Environment = "live" | "test";
export type AccountStatus = "active" | "suspended";
export type UserStatus = "active" | "disabled";

export interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

export interface ErrorBody {
  error: { type: string; message: string; code: string | null; param: string | null };
}

// auth

export interface AuthOptionsResponse {
  sign_up: "open" | "invite" | "closed";
  sends_email: boolean;
  providers: { name: string; display_name: string }[];
  needs_first_operator: boolean;
  version: string;
}

export interface InviteInspectResponse {
  /** None: an invite to sign up with an account of one's own. */
  account_name: string | null;
  role: Role;
  email: string;
  expires_at: string;
}

export interface SignInRequest {
  email: string;
  password: string;
  /** A code of the authenticator app, or a recovery code. */
  code?: string;
}

export interface SignUpRequest {
  email: string;
  password: string;
  name?: string;
  invite?: string;
}

export interface FirstOperatorRequest {
  token: string;
  email: string;
  password: string;
  name?: string;
}

// me

export interface MeAccount {
  id: string;
  name: string;
  role: Role;
  tier: string;
  status: AccountStatus;
}

export interface MeResponse {
  user: {
    id: string;
    email: string;
    name: string;
    language: Language | null;
    theme: Theme;
    is_operator: boolean;
    has_password: boolean;
    has_two_factor: boolean;
    is_email_confirmed: boolean;
    notifications: { rotation: boolean; security: boolean };
    created_at: string;
  };
  accounts: MeAccount[];
  session: { id: string; expires_at: string };
}

export interface UpdateMeRequest {
  name?: string;
  language?: Language;
  theme?: Theme;
  notifications?: { rotation?: boolean; security?: boolean };
}

export interface TwoFactorSetupResponse {
  secret: string;
  otpauth_url: string;
  qr_svg: string;
}

export interface RecoveryCodesResponse {
  recovery_codes: string[];
}

export interface SessionResponse {
  id: string;
  is_current: boolean;
  created_at: string;
  last_seen_at: string;
  expires_at: string;
  address: string;
  agent: string;
}

export interface IdentityResponse {
  provider: string;
  subject_hint: string;
  created_at: string;
}

// accounts

export interface TierResponse {
  id: string;
  display_name: string;
  rank: number;
  priority: number;
  requests_per_minute: number | null;
  tokens_per_minute: number | null;
  requests_per_day: number | null;
  account_multiplier: number;
  keys_max: number | null;
  price_factor_percent: number;
  /** Only in answers to operators. */
  accounts?: number;
}

export interface AccountResponse {
  id: string;
  name: string;
  email: string;
  tier: TierResponse;
  status: AccountStatus;
  role: Role;
  created_at: string;
  keys_used: number;
  keys_max: number | null;
}

export type ApiKeyStatus = "active" | "expiring" | "expired" | "revoked";

export interface Restrictions {
  models: string[] | null;
  endpoints: string[] | null;
  networks: string[] | null;
}

export interface ApiKeyResponse {
  id: string;
  name: string;
  hint: string;
  environment: Environment;
  status: ApiKeyStatus;
  restrictions: Restrictions;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  last_use: { at: string; address: string; agent: string } | null;
  secret_created_at: string;
  /** How many earlier secrets are still accepted. */
  old_secrets: number;
  /** Requests per day, oldest first. */
  usage_7d: number[];
}

export interface CreateApiKeyRequest {
  name: string;
  environment: Environment;
  expires_at?: string;
  restrictions?: { models?: string[]; endpoints?: string[]; networks?: string[] };
}

export interface UpdateApiKeyRequest {
  name?: string;
  expires_at?: string | null;
  restrictions?: Restrictions;
}

export interface ApiKeyWithSecretResponse {
  api_key: ApiKeyResponse;
  /** Left out when an idempotent write is replayed. */
  secret?: string;
}

export interface ApiKeySecretResponse {
  hint: string;
  is_current: boolean;
  created_at: string;
  ends_at: string | null;
  last_used_at: string | null;
  last_used_address: string | null;
  last_used_agent: string | null;
}

export type LimitResource = "requests_per_minute" | "tokens_per_minute" | "requests_per_day";

export interface LimitState {
  resource: LimitResource;
  limit: number | null;
  used: number;
  resets_at: string;
}

export interface LimitsResponse {
  account: LimitState[];
  api_keys: { id: string; name: string; limits: LimitState[] }[];
}

export type UsageStep = "minute" | "hour" | "day";
export type UsageGroupBy =
  | "model"
  | "api_key"
  | "environment"
  | "status"
  | "endpoint"
  | "account"
  | "provider";

export interface UsageSums {
  requests: number;
  errors: number;
  refused: number;
  input_tokens: number;
  output_tokens: number;
  cached_tokens: number;
  reasoning_tokens: number;
  charge_nanos: number;
  duration_ms_avg: number | null;
  first_token_ms_avg: number | null;
}

export interface UsagePoint extends UsageSums {
  at: string;
  key: string | null;
}

export interface UsageGroup {
  key: string;
  label: string;
  totals: UsageSums;
}

export interface UsageResponse {
  from: string;
  to: string;
  step: UsageStep;
  totals: UsageSums;
  groups: UsageGroup[];
  series: UsagePoint[];
}

export interface UsageQuery {
  from?: string;
  to?: string;
  step?: UsageStep;
  group_by?: UsageGroupBy;
  api_key_id?: string;
  model?: string;
  environment?: Environment;
  status?: string;
  account_id?: string;
}

export interface RequestResponse {
  id: string;
  at: string;
  api_key_id: string;
  environment: Environment;
  endpoint: string;
  model: string;
  status: number;
  end_reason: string;
  error_code: string | null;
  is_streamed: boolean;
  input_tokens: number;
  output_tokens: number;
  duration_ms: number;
  first_token_ms: number | null;
  charge_nanos: number;
}

export interface RequestAttempt {
  provider: string;
  upstream_model: string;
  began_after_ms: number;
  duration_ms: number;
  outcome: string;
}

export interface RequestReceiptResponse extends RequestResponse {
  provider: string | null;
  upstream_model: string | null;
  attempts: RequestAttempt[];
  cached_tokens: number;
  reasoning_tokens: number;
  counted_by: string;
  is_admitted: boolean;
  priority: number;
  address: string | null;
  agent: string | null;
  limit: { limit: number | null; used: number; resets_at: string } | null;
  prices: { input_nanos_per_million: number; output_nanos_per_million: number } | null;
}

export interface RequestsQuery {
  from?: string;
  to?: string;
  api_key_id?: string;
  model?: string;
  environment?: Environment;
  status?: string;
  endpoint?: string;
}

export interface ModelResponse {
  id: string;
  object: "model";
  created: number;
  owned_by: string;
  provider: string;
  model_type: string;
  display_name: string;
  context_length: number | null;
  max_output_tokens: number | null;
  capabilities: string[];
  input_price: number | null;
  output_price: number | null;
  input_price_nanos: number | null;
  output_price_nanos: number | null;
  pricing_unit: string;
  min_tier: string;
  is_available: boolean;
  unavailable_reason: "tier" | "no_deployment" | null;
  providers: string[];
  aliases?: string[];
  /** A test key may call it. */
  serves_test_keys?: boolean;
}

export interface MemberResponse {
  user_id: string;
  email: string;
  name: string;
  role: Role;
  joined_at: string;
  has_two_factor: boolean;
}

export interface InviteResponse {
  id: string;
  email: string;
  role: Role;
  created_at: string;
  expires_at: string;
  invited_by: string;
}

export interface CreateInviteRequest {
  email: string;
  role: Role;
}

export interface CreateInviteResponse {
  invite: InviteResponse;
  link: string;
}

export interface ManagementKeyResponse {
  id: string;
  name: string;
  hint: string;
  scopes: string[];
  created_by: string;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  last_used_at: string | null;
}

export interface CreateManagementKeyRequest {
  name: string;
  scopes: string[];
  expires_at?: string;
}

export interface ManagementKeyWithSecretResponse {
  management_key: ManagementKeyResponse;
  secret?: string;
}

export interface AuditLogQuery {
  /** An action (`api_key.revoked`), or all of an area (`api_key`). */
  action?: string;
  /** The actor's id. */
  actor?: string;
}

export interface AuditEntryResponse {
  id: string;
  at: string;
  actor: { kind: "user" | "management_key" | "cli" | "system"; id: string; label: string };
  address: string | null;
  action: string;
  subject: { kind: string; id: string; label: string };
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  /** Only in answers to operators. */
  account_id?: string | null;
}

// admin

export interface AdminAccountResponse {
  id: string;
  name: string;
  email: string;
  tier: string;
  status: AccountStatus;
  notes: string;
  created_at: string;
  members: number;
  api_keys: number;
  requests_30d: number;
  charge_nanos_30d: number;
}

export interface AdminUserResponse {
  id: string;
  email: string;
  name: string;
  is_operator: boolean;
  has_two_factor: boolean;
  created_at: string;
  last_signed_in_at: string | null;
  status: UserStatus;
}

export interface LinkResponse {
  link: string;
  expires_at: string;
}

export type Origin = "file" | "database" | "sandbox";

export interface AdminProviderResponse {
  name: string;
  kind: string;
  base_url: string | null;
  credential: { source: "none" | "env" | "sealed"; env: string | null; is_set: boolean };
  serves_test_keys: boolean;
  origin: Origin;
  deployments: number;
}

export interface WriteProviderRequest {
  name: string;
  kind: string;
  base_url?: string;
  credential?: { env: string } | { secret: string } | null;
  serves_test_keys?: boolean;
}

export interface ProviderTestResponse {
  ok: boolean;
  status: number | null;
  duration_ms: number;
  message: string;
}

export interface ProviderKindResponse {
  kind: string;
  protocol: string;
  default_base_url: string | null;
}

export interface WriteModelRequest {
  id: string;
  display_name: string;
  owned_by: string;
  model_type: string;
  min_tier: string;
  context_length?: number | null;
  max_output_tokens?: number | null;
  capabilities: string[];
  aliases: string[];
  pricing_unit: string;
  input_price_nanos: number;
  output_price_nanos: number;
  is_public: boolean;
}

export interface AdminModelResponse extends WriteModelRequest {
  origin: Origin;
  deployments: number;
  created_at: string;
}

export interface WriteDeploymentRequest {
  model: string;
  provider: string;
  upstream_model: string;
  weight: number;
}

export interface DeploymentHealth {
  state: "idle" | "healthy" | "failing";
  requests: number;
  errors: number;
  in_flight: number;
  duration_ms_avg: number | null;
  last_error: string | null;
  last_error_at: string | null;
  last_success_at: string | null;
}

export interface AdminDeploymentResponse extends WriteDeploymentRequest {
  id: string;
  origin: Origin;
  health: DeploymentHealth;
}

export interface SystemResponse {
  version: string;
  started_at: string;
  replica_id: string;
  database: { engine: string; size_bytes: number | null; migration: number };
  replicas: { id: string; renewed_at: string; applied_seq: number; is_self: boolean }[];
  queues: {
    metering_pending: number;
    metering_lost: number;
    keys_cached: number;
    requests_in_flight: number;
    connections: number;
  };
  journal: { state: string; bytes: number };
  catalogue: { models: number; deployments: number; loaded_at: string; warnings: string[] };
}
