import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/client";

const KNOWN_CODES = [
  "invalid_credentials",
  "wrong_password",
  "wrong_code",
  "sign_up_closed",
  "insufficient_role",
  "two_factor_required",
  "too_many_attempts",
  "invalid_link",
  "cross_site_request",
  "idempotency_in_progress",
  "last_owner",
  "last_operator",
  "read_only",
  "payment_provider_unavailable",
  "balance_too_high",
  "too_many_open_orders",
  "not_refundable",
  "cannot_ask",
  "not_found",
  "network",
] as const;
type KnownCode = (typeof KNOWN_CODES)[number];

/** A failure in the reader's language where we know its code, else in the server's words. */
export function useErrorText() {
  const { t } = useTranslation();
  return useCallback(
    (error: unknown): string => {
      if (!(error instanceof ApiError)) return t("errors.unexpected");
      if (error.code === "too_many_attempts") {
        return t("errors.codes.too_many_attempts", { seconds: error.retryAfterSeconds ?? 60 });
      }
      const known = KNOWN_CODES.find((code): code is KnownCode => code === error.code);
      if (known) return t(`errors.codes.${known}`, { seconds: 60 });
      if (error.status === 503) return t("errors.unavailable");
      return error.message || t("errors.unexpected");
    },
    [t],
  );
}
