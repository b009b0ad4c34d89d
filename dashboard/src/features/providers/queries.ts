import { queryOptions, useMutation } from "@tanstack/react-query";
import { api } from "@/api/client";
import { listAll, operatorListOptions } from "@/api/pages";
import type { CatalogRequest, ProviderChange, WriteProviderRequest } from "@/api/types";
import { useOperatorWrite } from "@/api/writes";

export const providersQuery = operatorListOptions("providers", "/admin/providers");

export const providerKindsQuery = queryOptions({
  queryKey: ["operator", "provider-kinds"],
  queryFn: ({ signal }) => listAll("/admin/provider-kinds", undefined, signal),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Asks a provider that is not saved for its models. */
export const useFindModels = () =>
  useMutation({
    mutationFn: (body: WriteProviderRequest) => api.post("/admin/provider-models", { body }),
  });

/** Asks a saved provider for its models. */
export const useListModels = () =>
  useMutation({
    mutationFn: (name: string) => api.get("/admin/providers/{id}/models", { path: { id: name } }),
  });

/** Saves a provider, models and deployments: all or none. */
export const useAddToCatalog = () =>
  useOperatorWrite((body: CatalogRequest) => api.post("/admin/catalog", { body }));

export const useEditProvider = () =>
  useOperatorWrite(({ name, change }: { name: string; change: ProviderChange }) =>
    api.patch("/admin/providers/{id}", { path: { id: name }, body: change }),
  );

export const useDeleteProvider = () =>
  useOperatorWrite((name: string) => api.delete("/admin/providers/{id}", { path: { id: name } }));

export const useTestProvider = () =>
  useMutation({
    mutationFn: (name: string) => api.post("/admin/providers/{id}/test", { path: { id: name } }),
  });
