import { queryOptions } from "@tanstack/react-query";
import { type Audience, audienceKey } from "@/api/audience";
import { api } from "@/api/client";
import { listAll } from "@/api/pages";
import type { CreateManagementKeyRequest } from "@/api/types";
import { useAudienceWrite } from "@/api/writes";

export function managementKeysQuery(audience: Audience) {
  return queryOptions({
    queryKey: [...audienceKey(audience), "management-keys"],
    queryFn: ({ signal }) =>
      audience === "operator"
        ? listAll("/admin/management-keys", undefined, signal)
        : listAll(
            "/accounts/{account_id}/management-keys",
            { path: { account_id: audience.accountId } },
            signal,
          ),
  });
}

export function useCreateManagementKey(audience: Audience) {
  return useAudienceWrite(audience, (body: CreateManagementKeyRequest) =>
    audience === "operator"
      ? api.post("/admin/management-keys", { body })
      : api.post("/accounts/{account_id}/management-keys", {
          path: { account_id: audience.accountId },
          body,
        }),
  );
}

export function useRevokeManagementKey(audience: Audience) {
  return useAudienceWrite(audience, (id: string) =>
    audience === "operator"
      ? api.post("/admin/management-keys/{id}/revoke", { path: { id } })
      : api.post("/accounts/{account_id}/management-keys/{id}/revoke", {
          path: { account_id: audience.accountId, id },
        }),
  );
}
