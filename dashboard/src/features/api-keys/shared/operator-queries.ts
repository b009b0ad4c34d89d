import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import { listAll } from "@/api/pages";
import { useOperatorWrite } from "@/api/writes";

/** The keys of a customer, for operators. */
export function operatorKeysQuery(accountId: string) {
  return queryOptions({
    queryKey: ["operator", "api-keys", accountId],
    queryFn: ({ signal }) => listAll("/admin/api-keys", { query: { account_id: accountId } }, signal),
  });
}

export const useOperatorRevoke = () =>
  useOperatorWrite((id: string) => api.post("/admin/api-keys/{id}/revoke", { path: { id } }));

export const useOperatorRelease = () =>
  useOperatorWrite((id: string) => api.post("/admin/api-keys/{id}/release", { path: { id } }));
