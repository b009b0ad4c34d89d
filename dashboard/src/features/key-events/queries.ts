import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, segment } from "@/api/client";
import { pagedQueryOptions } from "@/api/pages";
import type { ApiKeyResponse, KeyEventResponse, Page, UnseenKeyEventsResponse } from "@/api/types";

const UNSEEN_REFRESH_MS = 60_000;
/** Events that the bell shows. */
const LATEST = 8;

const root = (accountId: string) => ["account", accountId, "key-events"] as const;
const path = (accountId: string, rest = "") => `/accounts/${segment(accountId)}/key-events${rest}`;

export function keyEventsQuery(accountId: string, apiKeyId: string) {
  return pagedQueryOptions<KeyEventResponse>(
    [...root(accountId), "of-key", apiKeyId],
    path(accountId),
    { api_key_id: apiKeyId },
    10,
  );
}

export function latestEventsQuery(accountId: string) {
  return queryOptions({
    queryKey: [...root(accountId), "latest"],
    queryFn: ({ signal }) => api.get<Page<KeyEventResponse>>(path(accountId), { limit: LATEST }, signal),
    staleTime: 0,
  });
}

export function unseenEventsQuery(accountId: string) {
  return queryOptions({
    queryKey: [...root(accountId), "unseen"],
    queryFn: ({ signal }) => api.get<UnseenKeyEventsResponse>(path(accountId, "/unseen"), undefined, signal),
    refetchInterval: UNSEEN_REFRESH_MS,
  });
}

export function useMarkSeen(accountId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (upTo: string) => api.post(path(accountId, "/seen"), { up_to: upTo }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [...root(accountId), "unseen"] }),
  });
}

/** Undoes what an event did to a key. */
export function useLiftApiKey(accountId: string, id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () =>
      api.post<ApiKeyResponse>(`/accounts/${segment(accountId)}/api-keys/${segment(id)}/lift`),
    onSuccess: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: ["account", accountId, "api-keys"] }),
        queryClient.invalidateQueries({ queryKey: ["account", accountId, "limits"] }),
      ]).then(() => undefined),
  });
}
