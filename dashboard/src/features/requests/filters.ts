import type { RequestsQuery } from "@/api/types";
import type { TimeRange } from "@/lib/range";
import type { Search } from "@/lib/search";

export const OUTCOMES = ["ok", "error", "refused"] as const;
export const STATUS_CODES = ["400", "401", "403", "404", "413", "422", "429", "499", "500", "502", "503"];

/** Parameters that a receipt keeps, so that the way back leads to the same list. */
const KEPT = [
  "range",
  "from",
  "to",
  "status",
  "model",
  "api_key_id",
  "environment",
  "endpoint",
  "error",
] as const;

export function readRequestsQuery(search: Search, range: TimeRange): RequestsQuery {
  const environment = search.environment;
  return {
    from: range.from,
    to: range.to,
    status: search.status,
    model: search.model,
    api_key_id: search.api_key_id,
    environment: environment === "live" || environment === "test" ? environment : undefined,
    endpoint: search.endpoint,
    error_code: search.error,
  };
}

export function keptFilters(search: Search): Search {
  return Object.fromEntries(
    KEPT.flatMap((name) => (search[name] === undefined ? [] : [[name, search[name]]])),
  );
}

export function hasFilters(search: Search): boolean {
  return KEPT.some((name) => !["range", "from", "to"].includes(name) && search[name] !== undefined);
}
