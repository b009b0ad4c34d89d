/** What `/sign-in?error=…` may say after the way through a provider. */
export const PROVIDER_ERRORS = [
  "access_denied",
  "flow_expired",
  "provider_refused",
  "provider_unavailable",
  "provider_invalid_response",
  "email_not_verified",
  "link_needs_sign_in",
  "identity_taken",
  "sign_up_closed",
  "user_disabled",
] as const;
export type ProviderError = (typeof PROVIDER_ERRORS)[number];

export function knownProviderError(code: string): ProviderError | null {
  return PROVIDER_ERRORS.find((one) => one === code) ?? null;
}
