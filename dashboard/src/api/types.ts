// The shapes of the management API: names for the generated schema, which is written from the server's document (`npm run types`).
// Only what the document cannot say (which words a string may be) is added here.

import type { Answer, Narrow } from "./narrow";
import type { components, operations } from "./schema.gen";

type Schemas = components["schemas"];
type Answers = { [Name in keyof Schemas]: Answer<Schemas[Name]> };
type QueryOf<Operation extends keyof operations> = NonNullable<operations[Operation]["parameters"]["query"]>;

export type Theme = "light" | "dark" | "system";
export type Language = "en" | "zh-CN" | "zh-TW";
export type Role = Schemas["RoleName"];
export type Environment = Schemas["KeyEnvironment"];
export type AccountStatus = Schemas["AccountState"];
export type UserStatus = Schemas["UserState"];

export type Page<T> = Omit<Answers["Page_RequestResponse"], "data"> & { data: T[] };

export type ErrorBody = Schemas["Error"];

// auth

export type AuthOptionsResponse = Narrow<
  Answers["AuthOptionsResponse"],
  { sign_up: "open" | "invite" | "closed" }
>;
/** `account_name` null: an invite to sign up with an account of one's own. */
export type InviteInspectResponse = Narrow<Answers["InviteInspectionResponse"], { role: Role }>;
/** `code`: of the authenticator app, or a recovery code. */
export type SignInRequest = Schemas["SignInRequest"];
export type SignUpRequest = Schemas["SignUpRequest"];
export type ConfirmationSentResponse = Answers["ConfirmationSentResponse"];
export type RequestPasswordResetRequest = Schemas["RequestPasswordResetRequest"];
export type ConfirmPasswordResetRequest = Schemas["ConfirmPasswordResetRequest"];
export type ConfirmEmailRequest = Schemas["ConfirmEmailRequest"];
export type InviteTokenRequest = Schemas["InviteTokenRequest"];
export type RevokeLeakedKeyRequest = Schemas["RevokeLeakedKeyRequest"];
export type LeakedKeyResponse = Answers["LeakedKeyResponse"];
export type FirstOperatorRequest = Schemas["FirstOperatorRequest"];

// me

export type MeAccount = Narrow<Answers["MembershipResponse"], { role: Role; status: AccountStatus }>;
export type MeUser = Narrow<Answers["UserResponse"], { language: Language | null; theme: Theme }>;
export type MeResponse = Narrow<Answers["MeResponse"], { user: MeUser; accounts: MeAccount[] }>;
export type UpdateMeRequest = Narrow<Schemas["EditMeRequest"], { language?: Language; theme?: Theme }>;
export type ChangePasswordRequest = Schemas["ChangePasswordRequest"];
export type TwoFactorSetupResponse = Answers["TwoFactorSetupResponse"];
export type TwoFactorProofRequest = Schemas["TwoFactorProofRequest"];
export type RecoveryCodesResponse = Answers["RecoveryCodesResponse"];
export type SessionResponse = Answers["SessionResponse"];

export type IdentityResponse = Answers["IdentityResponse"];

// accounts

/** `accounts` is only in answers to operators. */
export type TierResponse = Omit<Answers["TierResponse"], "accounts"> &
  Pick<Schemas["TierResponse"], "accounts">;
export type WriteTierRequest = Schemas["TierRequest"];
export type AccountResponse = Narrow<
  Answers["AccountResponse"],
  { role: Role; status: AccountStatus; tier: Answers["TierResponse"] }
>;
export type EditAccountRequest = Schemas["EditAccountRequest"];

export type ApiKeyStatus = "active" | "expiring" | "expired" | "revoked";
export type OnAnomaly = Schemas["OnAnomaly"];
export type HeldState = "throttled" | "frozen";
export type Held = Narrow<Answers["HeldResponse"], { state: HeldState }>;
export type Restrictions = Answers["KeyRestrictions"];
/** `old_secrets`: how many earlier secrets are still accepted. `usage_7d`: requests per day, oldest first. */
export type ApiKeyResponse = Narrow<
  Answers["ApiKeyResponse"],
  { environment: Environment; status: ApiKeyStatus; anomaly_action: OnAnomaly; held: Held | null }
>;
export type ApiKeyFilter = QueryOf<"list_api_keys">;
export type CreateApiKeyRequest = Schemas["CreateApiKeyRequest"];
export type UpdateApiKeyRequest = Schemas["EditApiKeyRequest"];
export type RegenerateApiKeyRequest = Schemas["RegenerateApiKeyRequest"];
/** `secret` is left out when an idempotent write is replayed. */
export type ApiKeyWithSecretResponse = Narrow<Schemas["ApiKeySecretResponse"], { api_key: ApiKeyResponse }>;
export type ApiKeySecretResponse = Answers["SecretStateResponse"];

export type LimitResource = "requests_per_minute" | "tokens_per_minute" | "requests_per_day";
export type LimitState = Narrow<Answers["LimitStateResponse"], { resource: LimitResource }>;
export type KeyLimits = Narrow<Answers["KeyLimitsResponse"], { limits: LimitState[] }>;
export type LimitsResponse = Narrow<
  Answers["LimitsResponse"],
  { account: LimitState[]; api_keys: KeyLimits[] }
>;

export type UsageStep = "minute" | "hour" | "day";
export type UsageGroupBy =
  | "model"
  | "api_key"
  | "environment"
  | "status"
  | "endpoint"
  | "account"
  | "provider";
export type UsageSums = Answers["UsageSums"];
export type UsagePoint = Answers["UsagePoint"];
export type UsageGroup = Answers["UsageGroup"];
export type UsageResponse = Narrow<Answers["UsageResponse"], { step: UsageStep }>;
export type UsageQuery = Narrow<
  QueryOf<"get_account_usage">,
  { step?: UsageStep; group_by?: UsageGroupBy; environment?: Environment }
>;

export type RequestResponse = Narrow<Answers["RequestResponse"], { environment: Environment }>;
export type RequestAttempt = Answers["RequestAttemptResponse"];
export type RequestReceiptResponse = Narrow<Answers["RequestReceiptResponse"], { environment: Environment }>;
export type RequestsQuery = Narrow<
  Omit<QueryOf<"list_requests">, "limit" | "cursor">,
  { environment?: Environment }
>;

export type ModelResponse = Narrow<
  Answers["AccountModelResponse"],
  { unavailable_reason: "tier" | "no_deployment" | null }
>;

export type MemberResponse = Narrow<Answers["MemberResponse"], { role: Role }>;
export type InviteResponse = Narrow<Answers["InviteResponse"], { role: Role }>;
export type CreateInviteRequest = Schemas["CreateInviteRequest"];
export type CreateInviteResponse = Narrow<Answers["InviteLinkResponse"], { invite: InviteResponse }>;

/** `kind`, `action` and `facts` are read in features/key-events/facts.ts. */
export type KeyEventResponse = Answers["KeyEventResponse"];
export type UnseenKeyEventsResponse = Answers["UnseenKeyEventsResponse"];

export type WebhookResponse = Answers["WebhookResponse"];
export type WebhookWithSecretResponse = Narrow<
  Schemas["WebhookSecretResponse"],
  { webhook: WebhookResponse }
>;
export type WebhookTestResponse = Answers["WebhookTestResponse"];

export type ManagementKeyResponse = Answers["ManagementKeyResponse"];
export type CreateManagementKeyRequest = Schemas["CreateManagementKeyRequest"];
export type ManagementKeyWithSecretResponse = Narrow<
  Schemas["ManagementKeySecretResponse"],
  { management_key: ManagementKeyResponse }
>;

/** `action`: one action (`api_key.revoked`), or all of an area (`api_key`). `actor`: an id. */
export type AuditLogQuery = Omit<QueryOf<"list_audit_log">, "limit" | "cursor">;
export type AuditActor = Narrow<
  Answers["ActorResponse"],
  { kind: "user" | "management_key" | "cli" | "system" }
>;
/** `account_id` is only in answers to operators. */
export type AuditEntryResponse = Narrow<Answers["AuditEntryResponse"], { actor: AuditActor }>;

// admin

export type AdminAccountResponse = Narrow<Answers["OperatorAccountResponse"], { status: AccountStatus }>;
export type CreateAccountRequest = Schemas["CreateAccountRequest"];
export type AccountChange = Schemas["EditOperatorAccountRequest"];
export type DocsFeedbackResponse = Answers["DocsFeedbackResponse"];
export type DocsFeedbackCountResponse = Answers["DocsFeedbackCountResponse"];
export type AdminUserResponse = Narrow<Answers["OperatorUserResponse"], { status: UserStatus }>;
export type UserChange = Schemas["EditUserRequest"];
export type LinkResponse = Answers["LinkResponse"];

export type Origin = "file" | "database" | "sandbox";
export type CredentialState = Narrow<Answers["CredentialResponse"], { source: "none" | "env" | "sealed" }>;
export type AdminProviderResponse = Narrow<
  Answers["ProviderResponse"],
  { credential: CredentialState; origin: Origin }
>;
export type WriteProviderRequest = Schemas["CreateProviderRequest"];
export type ProviderChange = Schemas["EditProviderRequest"];
export type ProviderTestResponse = Answers["ProviderTestResponse"];
export type ProviderKindResponse = Answers["ProviderKindResponse"];

export type WriteModelRequest = Schemas["ModelRequest"];
export type AdminModelResponse = Narrow<Answers["OperatorModelResponse"], { origin: Origin }>;
export type WriteDeploymentRequest = Schemas["CreateDeploymentRequest"];
export type DeploymentChange = Schemas["EditDeploymentRequest"];
export type DeploymentHealth = Narrow<Answers["HealthResponse"], { state: "idle" | "healthy" | "failing" }>;
export type AdminDeploymentResponse = Narrow<
  Answers["DeploymentResponse"],
  { origin: Origin; health: DeploymentHealth }
>;

export type SystemResponse = Answers["SystemResponse"];
export type CatalogueResponse = Answers["CatalogueResponse"];
