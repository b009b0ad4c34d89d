import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import * as format from "@/lib/format";
import { useTimeZone } from "./use-time-zone";

/** The formatters of lib/format.ts in the reader's language. */
export function useFormat() {
  const { i18n } = useTranslation();
  const language = i18n.language;
  const zone = useTimeZone();
  return useMemo(
    () => ({
      language,
      number: (value: number | null | undefined) => format.formatNumber(language, value),
      compact: (value: number | null | undefined) => format.formatCompact(language, value),
      percent: (fraction: number | null | undefined, digits?: number) =>
        format.formatPercent(language, fraction, digits),
      money: (nanos: number | null | undefined) => format.formatMoney(language, nanos),
      headlineMoney: (nanos: number | null | undefined) => format.formatHeadlineMoney(language, nanos),
      exactMoney: (nanos: number | null | undefined) => format.formatExactMoney(language, nanos),
      currency: (minor: number, of: { currency: string; currency_exponent: number }) =>
        format.formatCurrency(language, minor, of.currency, of.currency_exponent),
      duration: (ms: number | null | undefined) => format.formatDuration(language, ms),
      bytes: (bytes: number | null | undefined) => format.formatBytes(language, bytes),
      date: (at: string | Date | number | null | undefined, style?: format.DateStyle) =>
        format.formatDate(language, at, style, zone),
      relative: (at: string | Date | number | null | undefined, now?: number) =>
        format.formatRelative(language, at, now),
    }),
    [language, zone],
  );
}

export type Format = ReturnType<typeof useFormat>;
