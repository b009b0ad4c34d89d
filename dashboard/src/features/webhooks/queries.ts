import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import { listAll } from "@/api/pages";
import { useAccountWrite } from "@/api/writes";

export function webhooksQuery(accountId: string) {
  return queryOptions({
    queryKey: ["account", accountId, "webhooks"],
    queryFn: ({ signal }) =>
      listAll("/accounts/{account_id}/webhooks", { path: { account_id: accountId } }, signal),
  });
}

export function useCreateWebhook(accountId: string) {
  return useAccountWrite(accountId, (url: string) =>
    api.post("/accounts/{account_id}/webhooks", { path: { account_id: accountId }, body: { url } }),
  );
}

export function useEditWebhook(accountId: string) {
  return useAccountWrite(accountId, ({ id, is_enabled }: { id: string; is_enabled: boolean }) =>
    api.patch("/accounts/{account_id}/webhooks/{id}", {
      path: { account_id: accountId, id },
      body: { is_enabled },
    }),
  );
}

export function useDeleteWebhook(accountId: string) {
  return useAccountWrite(accountId, (id: string) =>
    api.delete("/accounts/{account_id}/webhooks/{id}", { path: { account_id: accountId, id } }),
  );
}

export function useTestWebhook(accountId: string) {
  return useAccountWrite(accountId, (id: string) =>
    api.post("/accounts/{account_id}/webhooks/{id}/test", { path: { account_id: accountId, id } }),
  );
}
