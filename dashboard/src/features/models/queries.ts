import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, idPath, segment } from "@/api/client";
import { listAll } from "@/api/pages";
import type { ModelResponse } from "@/api/types";

/** Every public model, by id. A catalogue is short enough to be searched in the browser. */
export function modelsQuery(accountId: string) {
  return queryOptions({
    queryKey: ["account", accountId, "models", "all"],
    queryFn: ({ signal }) =>
      listAll<ModelResponse>(`/accounts/${segment(accountId)}/models`, undefined, signal),
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
      api.get<ModelResponse>(`/accounts/${segment(accountId)}/models/${idPath(modelId)}`, undefined, signal),
    staleTime: 60_000,
  });
}
