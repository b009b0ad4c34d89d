import { useQuery } from "@tanstack/react-query";
import { api, segment } from "@/api/client";
import { refreshEvery } from "@/api/refresh";
import type { ApiKeyResponse, Page, RequestResponse } from "@/api/types";
import type { TimeRange } from "@/lib/range";

const WAITING_MS = 4000;
const REFRESH_MS = 30_000;
const ERRORS_SHOWN = 6;

/** The newest keys: enough to tell whether somebody has begun. Asked for often until one was used. */
export function useNewestKeys(accountId: string, isEnabled: boolean) {
  return useQuery({
    queryKey: ["account", accountId, "api-keys", "newest"],
    queryFn: ({ signal }) =>
      api.get<Page<ApiKeyResponse>>(`/accounts/${segment(accountId)}/api-keys`, { limit: 20 }, signal),
    enabled: isEnabled,
    refetchInterval: (query) =>
      query.state.data?.data.some((key) => key.last_use !== null) === false ? WAITING_MS : false,
  });
}

/** The latest request; asked for often while somebody waits for their first. */
export function useLatestRequest(accountId: string, isEnabled: boolean) {
  return useQuery({
    queryKey: ["account", accountId, "requests", "latest"],
    queryFn: ({ signal }) =>
      api.get<Page<RequestResponse>>(`/accounts/${segment(accountId)}/requests`, { limit: 1 }, signal),
    select: (page) => page.data[0] ?? null,
    enabled: isEnabled,
    refetchInterval: (query) => (query.state.data?.data.length === 0 ? WAITING_MS : false),
  });
}

export function useLatestErrors(accountId: string, range: TimeRange) {
  return useQuery({
    queryKey: ["account", accountId, "requests", "errors", range.from, range.to],
    queryFn: ({ signal }) =>
      api.get<Page<RequestResponse>>(
        `/accounts/${segment(accountId)}/requests`,
        { status: "error", from: range.from, to: range.to, limit: ERRORS_SHOWN },
        signal,
      ),
    select: (page) => page.data,
    refetchInterval: refreshEvery(REFRESH_MS),
  });
}
