/** Whose data a page shows: an account's, or the operator's, which are those of all accounts and the platform's own. */
export type Audience = { accountId: string } | "operator";

/** What the keys of queries of an audience begin with, so that a write can mark everything below as stale. */
export function audienceKey(audience: Audience): readonly string[] {
  return audience === "operator" ? ["operator"] : ["account", audience.accountId];
}
