import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { refreshEvery } from "@/api/refresh";
import type { TimeRange } from "@/lib/range";

const WAITING_MS = 4000;
const REFRESH_MS = 30_000;
const ERRORS_SHOWN = 6;
const NEWEST_KEYS = 20;

/** The newest keys: enough to tell whether somebody has begun. Asked for often until one was used. */
export function useNewestKeys(accountId: string, isEnabled: boolean) {
  return useQuery({
    queryKey: ["account", accountId, "api-keys", "newest"],
    queryFn: ({ signal }) =>
      api.get("/accounts/{account_id}/api-keys", {
        path: { account_id: accountId },
        query: { limit: NEWEST_KEYS },
        signal,
      }),
    enabled: isEnabled,
    refetchInterval: (query) =>
      query.state.data?.data.some((key) => key.last_use !== null) === false ? WAITING_MS : false,
  });
}

/** The latest request that went well; asked for often while somebody waits for their first. */
export function useLatestRequest(accountId: string, isEnabled: boolean) {
  return useQuery({
    queryKey: ["account", accountId, "requests", "latest", "ok"],
    queryFn: ({ signal }) =>
      api.get("/accounts/{account_id}/requests", {
        path: { account_id: accountId },
        query: { limit: 1, status: "ok" },
        signal,
      }),
    select: (page) => page.data[0] ?? null,
    enabled: isEnabled,
    refetchInterval: (query) => (query.state.data?.data.length === 0 ? WAITING_MS : false),
  });
}

export function useLatestErrors(accountId: string, range: TimeRange) {
  return useQuery({
    queryKey: ["account", accountId, "requests", "errors", range.from, range.to],
    queryFn: ({ signal }) =>
      api.get("/accounts/{account_id}/requests", {
        path: { account_id: accountId },
        query: { status: "error", from: range.from, to: range.to, limit: ERRORS_SHOWN },
        signal,
      }),
    select: (page) => page.data,
    refetchInterval: refreshEvery(REFRESH_MS),
  });
}
