/** What `/sign-in?error=…` may say after the way through a provider. */
export const PROVIDER_ERRORS = [
  "access_denied",
  "provider_failed",
  "expired",
  "email_not_verified",
  "sign_up_closed",
  "invite_required",
  "identity_taken",
  "email_taken",
  "user_disabled",
  "two_factor_required",
  "unknown_provider",
] as const;
export type ProviderError = (typeof PROVIDER_ERRORS)[number];

export function knownProviderError(code: string): ProviderError | null {
  return PROVIDER_ERRORS.find((one) => one === code) ?? null;
}
