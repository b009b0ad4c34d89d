import { useQuery } from "@tanstack/react-query";
import { api, segment } from "@/api/client";
import { refreshEvery } from "@/api/refresh";
import type { LimitsResponse } from "@/api/types";

const REFRESH_MS = 5000;

/** What is used of the limits right now, again every few seconds. */
export function useLimits(accountId: string) {
  return useQuery({
    queryKey: ["account", accountId, "limits"],
    queryFn: ({ signal }) =>
      api.get<LimitsResponse>(`/accounts/${segment(accountId)}/limits`, undefined, signal),
    refetchInterval: refreshEvery(REFRESH_MS),
    staleTime: 0,
  });
}
