// The limits that a key has of its own, between the form (a number, or an empty text for the account's) and the API.

import type { KeyLimits } from "@/api/types";

export const LIMITS = [
  "requests_per_minute",
  "tokens_per_minute",
  "requests_per_day",
  "concurrent_requests",
] as const;
type Limit = (typeof LIMITS)[number];

export type LimitValues = Record<Limit, number | "">;

export const NO_LIMITS: LimitValues = {
  requests_per_minute: "",
  tokens_per_minute: "",
  requests_per_day: "",
  concurrent_requests: "",
};

export function limitValues(limits: KeyLimits): LimitValues {
  const values = { ...NO_LIMITS };
  for (const limit of LIMITS) values[limit] = limits[limit] ?? "";
  return values;
}

/** Those that were typed; what is left out is the account's. */
export function limitsOf(values: LimitValues): KeyLimits {
  const limits: KeyLimits = {};
  for (const limit of LIMITS) {
    const value = values[limit];
    if (value !== "") limits[limit] = value;
  }
  return limits;
}

export function countLimits(values: LimitValues): number {
  return LIMITS.filter((limit) => values[limit] !== "").length;
}

/** The limits that were set, in the order of the form. */
export function setLimits(limits: KeyLimits): [Limit, number][] {
  return LIMITS.flatMap((limit) => {
    const value = limits[limit];
    return value == null ? [] : [[limit, value] as [Limit, number]];
  });
}
