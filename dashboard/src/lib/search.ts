// Search parameters are plain strings: `?status=error`, not JSON in quotes.

/** Every parameter that an address of the Dashboard may have. */
export type SearchName =
  | "account_id"
  | "action"
  | "actor"
  | "api_key_id"
  | "attention"
  | "available"
  | "capability"
  | "compare"
  | "endpoint"
  | "environment"
  | "error"
  | "from"
  | "group"
  | "input_tokens"
  | "key"
  | "kind"
  | "live"
  | "metric"
  | "model"
  | "needs"
  | "order"
  | "origin"
  | "page"
  | "provider"
  | "query"
  | "range"
  | "reason"
  | "return_to"
  | "session"
  | "sort"
  | "state"
  | "status"
  | "tier"
  | "to"
  | "type"
  | "verdict"
  | "view";

export type Search = Partial<Record<SearchName, string>>;

/** Types the parameters of every route; what is in them is read by the pages, which know what to do with a stranger's. */
export function asSearch(search: Search): Search {
  return search;
}

export function parseSearch(text: string): Search {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: object): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}
