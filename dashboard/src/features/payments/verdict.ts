import { useTranslation } from "react-i18next";

/** What was made of a message of a provider; the second half wants an operator's look. */
export const VERDICTS = [
  "credited",
  "repeated",
  "processing",
  "not_paid",
  "failed",
  "expired",
  "refunded",
  "disputed",
  "ignored",
  "bad_signature",
  "unknown_order",
  "wrong_amount",
  "wrong_currency",
  "wrong_account",
  "wrong_method",
  "wrong_provider",
  "wrong_merchant",
  "late",
  "reference_used",
  "not_confirmed",
  "balance_full",
] as const;

/** A verdict in words; one that is new on the server by its name. */
export function useVerdict(): (name: string) => string {
  const { t } = useTranslation("payments");
  return (name) => {
    const known = VERDICTS.find((verdict) => verdict === name);
    return known ? t(`verdict.${known}`) : name;
  };
}
