// Names for the shapes of the management API. Every one of them is the document's (`npm run types`); nothing is added here.

import type { components, operations } from "./schema.gen";

type Schemas = components["schemas"];
type QueryOf<Operation extends keyof operations> = NonNullable<operations[Operation]["parameters"]["query"]>;

export type Theme = Schemas["Theme"];
export type Language = Schemas["Language"];
export type Role = Schemas["RoleName"];
export type Environment = Schemas["KeyEnvironment"];
export type AccountStatus = Schemas["AccountState"];
export type OperationName = Schemas["Operation"];

// auth

/** `account_name` null: an invite to sign up with an account of one's own. */
export type InviteInspectResponse = Schemas["InviteInspectionResponse"];
export type AuthOptionsResponse = Schemas["AuthOptionsResponse"];
/** `code`: of the authenticator app, or a recovery code. */
export type SignInRequest = Schemas["SignInRequest"];
export type SignUpRequest = Schemas["SignUpRequest"];
export type ConfirmPasswordResetRequest = Schemas["ConfirmPasswordResetRequest"];
export type LeakedKeyResponse = Schemas["LeakedKeyResponse"];
export type FirstOperatorRequest = Schemas["FirstOperatorRequest"];

// me

export type MeAccount = Schemas["MembershipResponse"];
export type MeResponse = Schemas["MeResponse"];
export type UpdateMeRequest = Schemas["EditMeRequest"];
export type ChangePasswordRequest = Schemas["ChangePasswordRequest"];
export type TwoFactorSetupResponse = Schemas["TwoFactorSetupResponse"];
export type TwoFactorProofRequest = Schemas["TwoFactorProofRequest"];
export type SessionResponse = Schemas["SessionResponse"];

// accounts

/** `accounts` is only in responses to operators. */
export type TierResponse = Schemas["TierResponse"];
export type WriteTierRequest = Schemas["TierRequest"];
export type AccountResponse = Schemas["AccountResponse"];
export type EditAccountRequest = Schemas["EditAccountRequest"];

export type ApiKeyStatus = Schemas["ApiKeyStatus"];
export type OnAnomaly = Schemas["OnAnomaly"];
export type QuarantineState = Schemas["QuarantineState"];
export type Quarantine = Schemas["QuarantineResponse"];
export type Restrictions = Schemas["KeyRestrictions"];
/** `old_secrets`: how many earlier secrets are still accepted. `usage_7d`: requests per day, oldest first. */
export type ApiKeyResponse = Schemas["ApiKeyResponse"];
export type ApiKeyFilter = QueryOf<"list_api_keys">;
export type BudgetResponse = Schemas["BudgetResponse"];
export type BudgetSpec = Schemas["BudgetSpec"];
/** Of the key itself, below those of its account. */
export type KeyLimits = Schemas["KeyLimitsSpec"];
export type CreateApiKeyRequest = Schemas["CreateApiKeyRequest"];
export type UpdateApiKeyRequest = Schemas["EditApiKeyRequest"];
export type RegenerateApiKeyRequest = Schemas["RegenerateApiKeyRequest"];
/** `secret` is null when an idempotent write is replayed. */
export type ApiKeyWithSecretResponse = Schemas["ApiKeySecretResponse"];
export type ApiKeySecretResponse = Schemas["SecretStateResponse"];

export type LimitResource = Schemas["LimitResource"];
export type LimitState = Schemas["LimitStateResponse"];
export type LimitsResponse = Schemas["LimitsResponse"];

export type UsageStep = Schemas["UsageStep"];
export type UsageGroupBy = NonNullable<UsageQuery["group_by"]>;
export type UsageSums = Schemas["UsageSums"];
export type UsagePoint = Schemas["UsagePoint"];
export type UsageGroup = Schemas["UsageGroup"];
export type UsageResponse = Schemas["UsageResponse"];
export type UsageQuery = QueryOf<"get_account_usage">;

export type RequestResponse = Schemas["RequestResponse"];
export type RequestReceiptResponse = Schemas["RequestReceiptResponse"];
export type AttemptCause = Schemas["AttemptCauseResponse"];
export type ErrorGroupResponse = Schemas["ErrorGroupResponse"];
export type ErrorsQuery = NonNullable<QueryOf<"list_operator_errors">>;
export type RequestsQuery = Omit<QueryOf<"list_requests">, "limit" | "cursor">;

export type ModelResponse = Schemas["AccountModelResponse"];

export type MemberResponse = Schemas["MemberResponse"];
export type InviteResponse = Schemas["InviteResponse"];
export type CreateInviteRequest = Schemas["CreateInviteRequest"];
export type CreateInviteResponse = Schemas["InviteLinkResponse"];

/** `kind`, `action` and `facts` are read in features/key-events/facts.ts. */
export type KeyEventResponse = Schemas["KeyEventResponse"];

export type WebhookResponse = Schemas["WebhookResponse"];
export type WebhookWithSecretResponse = Schemas["WebhookSecretResponse"];

export type ManagementKeyResponse = Schemas["ManagementKeyResponse"];
export type CreateManagementKeyRequest = Schemas["CreateManagementKeyRequest"];
export type ManagementKeyWithSecretResponse = Schemas["ManagementKeySecretResponse"];

/** `action`: one action (`api_key.revoked`), or all of an area (`api_key`). `actor`: an id. */
export type AuditLogQuery = Omit<QueryOf<"list_audit_log">, "limit" | "cursor">;
export type AuditEntryResponse = Schemas["AuditEntryResponse"];

// admin

export type AdminAccountResponse = Schemas["OperatorAccountResponse"];
export type CreateAccountRequest = Schemas["CreateAccountRequest"];
export type AccountChange = Schemas["EditOperatorAccountRequest"];
export type AccountLimits = Schemas["AccountLimits"];
export type DocsFeedbackResponse = Schemas["DocsFeedbackResponse"];
export type DocsFeedbackCountResponse = Schemas["DocsFeedbackCountResponse"];
export type AdminUserResponse = Schemas["OperatorUserResponse"];
export type UserChange = Schemas["EditUserRequest"];
export type LinkResponse = Schemas["LinkResponse"];

export type OperatorKeyResponse = Schemas["OperatorKeyResponse"];
export type OperatorRequestReceiptResponse = Schemas["OperatorRequestReceiptResponse"];

export type Origin = Schemas["Origin"];
export type AdminProviderResponse = Schemas["ProviderResponse"];
export type WriteProviderRequest = Schemas["ProviderSpec"];
export type ProviderChange = Schemas["Change_ProviderSpec"];
export type ProviderTestResponse = Schemas["ProviderTestResponse"];
export type ProviderKindResponse = Schemas["ProviderKindResponse"];
export type ProviderModels = Schemas["ProviderModelsResponse"];
/** `cost`: empty when nobody knows it. */
export type ProviderModel = Schemas["ProviderModelResponse"];
export type CatalogRequest = Schemas["CatalogRequest"];
export type CatalogResponse = Schemas["CatalogResponse"];

export type WriteModelRequest = Schemas["ModelSpec"];
export type AdminModelResponse = Schemas["OperatorModelResponse"];
export type WriteDeploymentRequest = Schemas["DeploymentSpec"];
export type DeploymentChange = Schemas["Change_DeploymentSpec"];
export type DeploymentHealth = Schemas["HealthResponse"];
export type OperatorNoticeResponse = Schemas["OperatorNoticeResponse"];
export type AdminDeploymentResponse = Schemas["DeploymentResponse"];
export type DeploymentTestResponse = Schemas["DeploymentTestResponse"];
export type CredentialSpec = Schemas["CredentialSpec"];
export type CredentialState = Schemas["CredentialStateResponse"];

export type RouteExplanation = Schemas["RouteExplanationResponse"];
export type RouteCandidate = Schemas["RouteCandidateResponse"];
export type RouteRule = Schemas["RouteRule"];
export type GateLevel = Schemas["GateLevelResponse"];
export type RouteQuestion = QueryOf<"explain_route">;

export type ServersResponse = Schemas["ServersResponse"];
export type SystemResponse = Schemas["SystemResponse"];

// credits

export type LedgerEntryResponse = Schemas["LedgerEntryResponse"];
export type AccountBalanceResponse = Schemas["AccountBalanceResponse"];
export type RedemptionBatchResponse = Schemas["RedemptionBatchResponse"];
/** `codes` is null when an idempotent write is replayed. */
export type RedemptionCodesResponse = Schemas["RedemptionCodesResponse"];
export type CreateRedemptionBatchRequest = Schemas["CreateRedemptionBatchRequest"];

// payments

export type PaymentAmount = Schemas["PaymentAmountResponse"];
export type PaymentProvider = Schemas["PaymentOptionResponse"];
export type PaymentOptions = Schemas["PaymentOptionsResponse"];
export type NewOrder = Schemas["CreateOrderRequest"];
export type Order = Schemas["OrderResponse"];
export type OrderRow = Schemas["OperatorOrderResponse"];
export type OrderDetails = Schemas["OrderDetailsResponse"];
export type OrderRefund = Schemas["PaymentRefundResponse"];
export type PaymentEvent = Schemas["PaymentEventResponse"];

// invoices

export type InvoiceResponse = Schemas["InvoiceResponse"];
export type BillingDetails = Schemas["PartyResponse"];
export type EditBillingDetailsRequest = Schemas["EditBillingDetailsRequest"];
