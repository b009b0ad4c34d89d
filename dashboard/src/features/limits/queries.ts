import { queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { refreshEvery } from "@/api/refresh";

const REFRESH_MS = 5000;

/** What is used of the limits right now. */
export function limitsQuery(accountId: string) {
  return queryOptions({
    queryKey: ["account", accountId, "limits"],
    queryFn: ({ signal }) =>
      api.get("/accounts/{account_id}/limits", { path: { account_id: accountId }, signal }),
  });
}

/** What is used of the limits right now, again every few seconds. */
export function useLimits(accountId: string) {
  return useQuery({
    ...limitsQuery(accountId),
    refetchInterval: refreshEvery(REFRESH_MS),
    staleTime: 0,
  });
}
