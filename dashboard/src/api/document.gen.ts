// Generated from openapi.json (`npm run types`).

/** The names of the operations of the data plane. */
export const OPERATION_NAMES = ["chat","completions","embeddings","moderations","rerank","images","image_edits","image_variations","speech","transcriptions","translations"] as const;

/** How many characters a text may have, by schema and property. */
export const MAX_LENGTHS = {
  BeginTwoFactorRequest: { "password": 128 },
  ChangePasswordRequest: { "current_password": 128, "new_password": 128 },
  ConfirmEmailRequest: { "token": 128 },
  ConfirmPasswordResetRequest: { "password": 128, "token": 128 },
  ConfirmTwoFactorRequest: { "code": 64 },
  CreateAccountRequest: { "email": 254, "name": 100 },
  CreateApiKeyRequest: { "name": 100 },
  CreateInviteRequest: { "email": 254 },
  CreateManagementKeyRequest: { "name": 100 },
  CreateRedemptionBatchRequest: { "amount": 30, "name": 100 },
  CreateSignUpInviteRequest: { "email": 254 },
  CreateWebhookRequest: { "url": 2000 },
  CredentialSpec: { "label": 60 },
  DeploymentSpec: { "model": 200, "name": 60, "provider": 60, "reserved_hours": 11, "upstream_model": 200 },
  EditAccountRequest: { "name": 100 },
  EditApiKeyRequest: { "name": 100 },
  EditMeRequest: { "name": 100 },
  EditOperatorAccountRequest: { "name": 100, "notes": 4000 },
  EditWebhookRequest: { "url": 2000 },
  FirstOperatorRequest: { "email": 254, "name": 100, "password": 128, "token": 128 },
  GrantCreditsRequest: { "amount": 30, "reason": 500 },
  InviteTokenRequest: { "token": 128 },
  ModelSpec: { "display_name": 200, "id": 200, "owned_by": 100 },
  ProviderSpec: { "name": 60 },
  RedeemCodeRequest: { "code": 64 },
  RequestPasswordResetRequest: { "email": 254 },
  RevokeLeakedKeyRequest: { "key": 4096 },
  SeenKeyEventsRequest: { "up_to": 100 },
  SendDocsFeedbackRequest: { "page": 64, "text": 2000 },
  SignInRequest: { "code": 64, "email": 254, "password": 128 },
  SignUpRequest: { "email": 254, "invite": 128, "name": 100, "password": 128 },
  TierRequest: { "display_name": 100, "id": 40 },
  TwoFactorProofRequest: { "code": 64, "password": 128 },
  UndoLedgerEntryRequest: { "reason": 500 },
} as const;
