import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { type Audience, audienceKey } from "@/api/audience";
import { api, apiUrl } from "@/api/client";
import { refreshEvery } from "@/api/refresh";
import type { UsageGroupBy, UsageQuery } from "@/api/types";
import { DAY_MS } from "@/lib/format";
import { previousRange, type TimeRange } from "@/lib/range";

const REFRESH_MS = 30_000;
/** While there is nothing to show, somebody waits for their first request. */
const EMPTY_REFRESH_MS = 4_000;

/** What is counted: the filters of the usage endpoint. The last two are for operators. */
export type UsageFilter = Pick<
  UsageQuery,
  "api_key_id" | "model" | "environment" | "status" | "endpoint" | "account_id" | "provider"
>;

/** The server keeps sums per minute for a week. */
const MINUTES_KEPT_MS = 7 * DAY_MS;
/** The clocks here and there differ, and a page stays open. */
const MINUTES_MARGIN_MS = 10 * 60_000;

function parameters(range: TimeRange, groupBy?: UsageGroupBy, filter?: UsageFilter): UsageQuery {
  const isOld = Date.parse(range.from) < Date.now() - MINUTES_KEPT_MS + MINUTES_MARGIN_MS;
  const step = range.step === "minute" && isOld ? "hour" : range.step;
  return { from: range.from, to: range.to, step, group_by: groupBy, ...filter };
}

function usageQuery(audience: Audience, query: UsageQuery) {
  return queryOptions({
    queryKey: [...audienceKey(audience), "usage", query],
    queryFn: ({ signal }) =>
      audience === "operator"
        ? api.get("/admin/usage", { query, signal })
        : api.get("/accounts/{account_id}/usage", {
            path: { account_id: audience.accountId },
            query,
            signal,
          }),
    placeholderData: keepPreviousData,
  });
}

/** The use in a range, again every half minute while it is looked at, and sooner while it is empty. */
export function useUsage(
  audience: Audience,
  range: TimeRange,
  groupBy?: UsageGroupBy,
  filter?: UsageFilter,
  isEnabled = true,
) {
  return useQuery({
    ...usageQuery(audience, parameters(range, groupBy, filter)),
    refetchInterval: (query) =>
      refreshEvery(query.state.data?.totals.requests === 0 ? EMPTY_REFRESH_MS : REFRESH_MS)(query),
    enabled: isEnabled,
  });
}

/** The use in the range of the same length right before. */
export function usePreviousUsage(
  audience: Audience,
  range: TimeRange,
  groupBy?: UsageGroupBy,
  filter?: UsageFilter,
) {
  return useQuery({
    ...usageQuery(audience, parameters(previousRange(range), groupBy, filter)),
    staleTime: 5 * 60_000,
  });
}

/** Where the browser gets the same figures as a file. */
export function usageCsvUrl(
  audience: Audience,
  range: TimeRange,
  groupBy?: UsageGroupBy,
  filter?: UsageFilter,
): string {
  const query = parameters(range, groupBy, filter);
  return audience === "operator"
    ? apiUrl("/admin/usage.csv", { query })
    : apiUrl("/accounts/{account_id}/usage.csv", { path: { account_id: audience.accountId }, query });
}
