import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { api, apiUrl, segment } from "@/api/client";
import { listAll } from "@/api/pages";
import { refreshEvery } from "@/api/refresh";
import type { ApiKeyResponse, UsageGroupBy, UsageQuery, UsageResponse } from "@/api/types";
import { DAY_MS } from "@/lib/format";
import { previousRange, type TimeRange } from "@/lib/range";

const REFRESH_MS = 30_000;
/** While there is nothing to show, somebody waits for their first request. */
const EMPTY_REFRESH_MS = 4_000;

/** What is counted: the filters of the usage endpoint. */
export type UsageFilter = Pick<UsageQuery, "api_key_id" | "model" | "environment" | "status" | "endpoint">;

/** The server keeps sums per minute for a week. */
const MINUTES_KEPT_MS = 7 * DAY_MS;
/** The clocks here and there differ, and a page stays open. */
const MINUTES_MARGIN_MS = 10 * 60_000;

function parameters(range: TimeRange, groupBy?: UsageGroupBy, filter?: UsageFilter): UsageQuery {
  const isOld = Date.parse(range.from) < Date.now() - MINUTES_KEPT_MS + MINUTES_MARGIN_MS;
  const step = range.step === "minute" && isOld ? "hour" : range.step;
  return { from: range.from, to: range.to, step, group_by: groupBy, ...filter };
}

export function usageQuery(accountId: string, query: UsageQuery) {
  return queryOptions({
    queryKey: ["account", accountId, "usage", query],
    queryFn: ({ signal }) => api.get<UsageResponse>(`/accounts/${segment(accountId)}/usage`, query, signal),
    placeholderData: keepPreviousData,
  });
}

/** The use in a range, again every half minute while it is looked at, and sooner while it is empty. */
export function useUsage(accountId: string, range: TimeRange, groupBy?: UsageGroupBy, filter?: UsageFilter) {
  return useQuery({
    ...usageQuery(accountId, parameters(range, groupBy, filter)),
    refetchInterval: (query) =>
      refreshEvery(query.state.data?.totals.requests === 0 ? EMPTY_REFRESH_MS : REFRESH_MS)(query),
  });
}

/** The use in the range of the same length right before. */
export function usePreviousUsage(
  accountId: string,
  range: TimeRange,
  groupBy?: UsageGroupBy,
  filter?: UsageFilter,
) {
  return useQuery({
    ...usageQuery(accountId, parameters(previousRange(range), groupBy, filter)),
    staleTime: 5 * 60_000,
  });
}

/** Where the browser gets the same figures as a file. */
export function usageCsvUrl(
  accountId: string,
  range: TimeRange,
  groupBy?: UsageGroupBy,
  filter?: UsageFilter,
): string {
  return apiUrl(`/accounts/${segment(accountId)}/usage.csv`, parameters(range, groupBy, filter));
}

/** Every key of the account, for filters and labels. */
export function useAllApiKeys(accountId: string) {
  return useQuery({
    queryKey: ["account", accountId, "api-keys", "all"],
    queryFn: ({ signal }) =>
      listAll<ApiKeyResponse>(`/accounts/${segment(accountId)}/api-keys`, undefined, signal),
    staleTime: 60_000,
  });
}
