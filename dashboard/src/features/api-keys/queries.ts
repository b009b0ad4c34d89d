import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { ApiError, api } from "@/api/client";
import { listAll, pagedQueryOptions } from "@/api/pages";
import type {
  ApiKeyFilter,
  CreateApiKeyRequest,
  RegenerateApiKeyRequest,
  UpdateApiKeyRequest,
} from "@/api/types";
import { randomId } from "@/random-id";

const SECRETS_REFRESH_MS = 15_000;

const root = (accountId: string) => ["account", accountId, "api-keys"] as const;

export function apiKeysQuery(accountId: string, filter: ApiKeyFilter) {
  return pagedQueryOptions([...root(accountId), "list", filter], "/accounts/{account_id}/api-keys", {
    path: { account_id: accountId },
    query: filter,
  });
}

/** Every key of the account, to name them and to choose from. */
export function allApiKeysQuery(accountId: string) {
  return queryOptions({
    queryKey: [...root(accountId), "all"],
    queryFn: ({ signal }) =>
      listAll("/accounts/{account_id}/api-keys", { path: { account_id: accountId } }, signal),
    staleTime: 60_000,
  });
}

export function apiKeyQuery(accountId: string, id: string) {
  return queryOptions({
    queryKey: [...root(accountId), "one", id],
    queryFn: ({ signal }) =>
      api.get("/accounts/{account_id}/api-keys/{id}", { path: { account_id: accountId, id }, signal }),
  });
}

/** The secrets of a key; watched while an old one still works. */
export function useApiKeySecrets(accountId: string, id: string, isInGrace: boolean) {
  return useQuery({
    queryKey: [...root(accountId), "secrets", id],
    queryFn: ({ signal }) =>
      listAll(
        "/accounts/{account_id}/api-keys/{id}/secrets",
        { path: { account_id: accountId, id } },
        signal,
      ),
    refetchInterval: isInGrace ? SECRETS_REFRESH_MS : false,
  });
}

export function useCreateApiKey(accountId: string) {
  const refresh = useRefresh(accountId);
  const send = useRepeatable((body: CreateApiKeyRequest, idempotencyKey) =>
    api.post("/accounts/{account_id}/api-keys", { path: { account_id: accountId }, body, idempotencyKey }),
  );
  return useMutation({ mutationFn: send, onSuccess: refresh });
}

export function useUpdateApiKey(accountId: string, id: string) {
  const refresh = useRefresh(accountId);
  return useMutation({
    mutationFn: (body: UpdateApiKeyRequest) =>
      api.patch("/accounts/{account_id}/api-keys/{id}", { path: { account_id: accountId, id }, body }),
    onSuccess: refresh,
  });
}

export function useRegenerateApiKey(accountId: string, id: string) {
  const refresh = useRefresh(accountId);
  const send = useRepeatable((body: RegenerateApiKeyRequest, idempotencyKey) =>
    api.post("/accounts/{account_id}/api-keys/{id}/regenerate", {
      path: { account_id: accountId, id },
      body,
      idempotencyKey,
    }),
  );
  return useMutation({ mutationFn: send, onSuccess: refresh });
}

/** Revokes several keys, one after another; the first that fails ends it, and those before it stay revoked. */
export function useRevokeApiKeys(accountId: string) {
  const refresh = useRefresh(accountId);
  return useMutation({
    mutationFn: async (ids: string[]) => {
      for (const id of ids) {
        await api.post("/accounts/{account_id}/api-keys/{id}/revoke", {
          path: { account_id: accountId, id },
        });
      }
    },
    onSettled: refresh,
  });
}

export function useRevokeApiKey(accountId: string, id: string) {
  const refresh = useRefresh(accountId);
  return useMutation({
    mutationFn: () =>
      api.post("/accounts/{account_id}/api-keys/{id}/revoke", { path: { account_id: accountId, id } }),
    onSuccess: refresh,
  });
}

export function useEndGrace(accountId: string, id: string) {
  const refresh = useRefresh(accountId);
  return useMutation({
    mutationFn: () =>
      api.post("/accounts/{account_id}/api-keys/{id}/end-grace", { path: { account_id: accountId, id } }),
    onSuccess: refresh,
  });
}

/** Everything about keys is asked for again, and the account, which counts them. */
function useRefresh(accountId: string) {
  const queryClient = useQueryClient();
  return () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: root(accountId) }),
      queryClient.invalidateQueries({ queryKey: ["account", accountId], exact: true }),
      queryClient.invalidateQueries({ queryKey: ["account", accountId, "limits"] }),
    ]).then(() => undefined);
}

/**
 * A write that the user may send again after the response was lost: the same body then goes out under the same idempotency key, so that
 * there are not two keys. After a response, also a refusal, the next write is a new one.
 */
function useRepeatable<Body, Response>(send: (body: Body, idempotencyKey: string) => Promise<Response>) {
  const unanswered = useRef<{ body: string; key: string } | null>(null);
  return async (body: Body): Promise<Response> => {
    const text = JSON.stringify(body);
    const key = unanswered.current?.body === text ? unanswered.current.key : randomId();
    unanswered.current = null;
    try {
      return await send(body, key);
    } catch (error) {
      if (error instanceof ApiError && (error.status === 0 || error.status >= 500))
        unanswered.current = { body: text, key };
      throw error;
    }
  };
}
