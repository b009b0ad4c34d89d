import { queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { listAll, operatorListOptions } from "@/api/pages";
import type { WriteModelRequest } from "@/api/types";
import { useOperatorWrite } from "@/api/writes";

// As an account sees them.

/** Every public model, by id. A catalogue is short enough to be searched in the browser. */
export function modelsQuery(accountId: string) {
  return queryOptions({
    queryKey: ["account", accountId, "models", "all"],
    queryFn: ({ signal }) =>
      listAll("/accounts/{account_id}/models", { path: { account_id: accountId } }, signal),
    staleTime: 60_000,
  });
}

export function useModels(accountId: string, isEnabled = true) {
  return useQuery({ ...modelsQuery(accountId), enabled: isEnabled });
}

export function modelQuery(accountId: string, modelId: string) {
  return queryOptions({
    queryKey: ["account", accountId, "models", "one", modelId],
    queryFn: ({ signal }) =>
      api.get("/accounts/{account_id}/models/{id}", {
        path: { account_id: accountId, id: modelId },
        signal,
      }),
    staleTime: 60_000,
  });
}

// As operators define them.

export const operatorModelsQuery = operatorListOptions("models", "/admin/models");

export const useWriteModel = () =>
  useOperatorWrite(({ model, isNew }: { model: WriteModelRequest; isNew: boolean }) =>
    isNew
      ? api.post("/admin/models", { body: model })
      : api.patch("/admin/models/{id}", { path: { id: model.id }, body: model }),
  );

export const useDeleteModel = () =>
  useOperatorWrite((id: string) => api.delete("/admin/models/{id}", { path: { id } }));
