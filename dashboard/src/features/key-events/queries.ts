import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { pagedQueryOptions } from "@/api/pages";

const UNSEEN_REFRESH_MS = 60_000;
/** Events that the bell shows. */
const LATEST = 8;
const PAGE_ROWS = 10;

const root = (accountId: string) => ["account", accountId, "key-events"] as const;

export function keyEventsQuery(accountId: string, apiKeyId: string) {
  return pagedQueryOptions(
    [...root(accountId), "of-key", apiKeyId],
    "/accounts/{account_id}/key-events",
    { path: { account_id: accountId }, query: { api_key_id: apiKeyId } },
    PAGE_ROWS,
  );
}

export function latestEventsQuery(accountId: string) {
  return queryOptions({
    queryKey: [...root(accountId), "latest"],
    queryFn: ({ signal }) =>
      api.get("/accounts/{account_id}/key-events", {
        path: { account_id: accountId },
        query: { limit: LATEST },
        signal,
      }),
    staleTime: 0,
  });
}

export function unseenEventsQuery(accountId: string) {
  return queryOptions({
    queryKey: [...root(accountId), "unseen"],
    queryFn: ({ signal }) =>
      api.get("/accounts/{account_id}/key-events/unseen", { path: { account_id: accountId }, signal }),
    refetchInterval: UNSEEN_REFRESH_MS,
  });
}

export function useMarkSeen(accountId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (upTo: string) =>
      api.post("/accounts/{account_id}/key-events/seen", {
        path: { account_id: accountId },
        body: { up_to: upTo },
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [...root(accountId), "unseen"] }),
  });
}

/** Undoes what an event did to a key. */
export function useReleaseApiKey(accountId: string, id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () =>
      api.post("/accounts/{account_id}/api-keys/{id}/release", { path: { account_id: accountId, id } }),
    onSuccess: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: ["account", accountId, "api-keys"] }),
        queryClient.invalidateQueries({ queryKey: ["account", accountId, "limits"] }),
      ]).then(() => undefined),
  });
}
