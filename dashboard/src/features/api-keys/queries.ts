import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { ApiError, api, segment } from "@/api/client";
import { listAll, pagedQueryOptions } from "@/api/pages";
import type {
  ApiKeyFilter,
  ApiKeyResponse,
  ApiKeySecretResponse,
  ApiKeyWithSecretResponse,
  CreateApiKeyRequest,
  RegenerateApiKeyRequest,
  UpdateApiKeyRequest,
} from "@/api/types";
import { randomId } from "@/random-id";

const SECRETS_REFRESH_MS = 15_000;

const root = (accountId: string) => ["account", accountId, "api-keys"] as const;
const path = (accountId: string, rest = "") => `/accounts/${segment(accountId)}/api-keys${rest}`;

export function apiKeysQuery(accountId: string, filter: ApiKeyFilter) {
  return pagedQueryOptions<ApiKeyResponse>([...root(accountId), "list", filter], path(accountId), filter);
}

export function apiKeyQuery(accountId: string, id: string) {
  return queryOptions({
    queryKey: [...root(accountId), "one", id],
    queryFn: ({ signal }) => api.get<ApiKeyResponse>(path(accountId, `/${segment(id)}`), undefined, signal),
  });
}

/** The secrets of a key; watched while an old one still works. */
export function useApiKeySecrets(accountId: string, id: string, isInGrace: boolean) {
  return useQuery({
    queryKey: [...root(accountId), "secrets", id],
    queryFn: ({ signal }) =>
      listAll<ApiKeySecretResponse>(path(accountId, `/${segment(id)}/secrets`), undefined, signal),
    refetchInterval: isInGrace ? SECRETS_REFRESH_MS : false,
  });
}

export function useCreateApiKey(accountId: string) {
  const refresh = useRefresh(accountId);
  const send = useRepeatable((body: CreateApiKeyRequest, idempotencyKey) =>
    api.post<ApiKeyWithSecretResponse>(path(accountId), body, { idempotencyKey }),
  );
  return useMutation({ mutationFn: send, onSuccess: refresh });
}

export function useUpdateApiKey(accountId: string, id: string) {
  const refresh = useRefresh(accountId);
  return useMutation({
    mutationFn: (change: UpdateApiKeyRequest) =>
      api.patch<ApiKeyResponse>(path(accountId, `/${segment(id)}`), change),
    onSuccess: refresh,
  });
}

export function useRegenerateApiKey(accountId: string, id: string) {
  const refresh = useRefresh(accountId);
  const send = useRepeatable((body: RegenerateApiKeyRequest, idempotencyKey) =>
    api.post<ApiKeyWithSecretResponse>(path(accountId, `/${segment(id)}/regenerate`), body, {
      idempotencyKey,
    }),
  );
  return useMutation({ mutationFn: send, onSuccess: refresh });
}

export function useRevokeApiKey(accountId: string, id: string) {
  const refresh = useRefresh(accountId);
  return useMutation({
    mutationFn: () => api.post<ApiKeyResponse>(path(accountId, `/${segment(id)}/revoke`)),
    onSuccess: refresh,
  });
}

export function useEndGrace(accountId: string, id: string) {
  const refresh = useRefresh(accountId);
  return useMutation({
    mutationFn: () => api.post<ApiKeyResponse>(path(accountId, `/${segment(id)}/end-grace`)),
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
 * A write that the user may send again after the answer was lost: the same body then goes out under the same idempotency key, so that
 * there are not two keys. After an answer, also a refusal, the next write is a new one.
 */
function useRepeatable<Body, Answer>(send: (body: Body, idempotencyKey: string) => Promise<Answer>) {
  const unanswered = useRef<{ body: string; key: string } | null>(null);
  return async (body: Body): Promise<Answer> => {
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
