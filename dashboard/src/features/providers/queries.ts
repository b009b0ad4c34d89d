import { queryOptions, useMutation } from "@tanstack/react-query";
import { api } from "@/api/client";
import { listAll, operatorListOptions } from "@/api/pages";
import type { ProviderChange, WriteProviderRequest } from "@/api/types";
import { useOperatorWrite } from "@/api/writes";

export const providersQuery = operatorListOptions("providers", "/admin/providers");

export const providerKindsQuery = queryOptions({
  queryKey: ["operator", "provider-kinds"],
  queryFn: ({ signal }) => listAll("/admin/provider-kinds", undefined, signal),
  staleTime: Number.POSITIVE_INFINITY,
});

export const useCreateProvider = () =>
  useOperatorWrite((body: WriteProviderRequest) => api.post("/admin/providers", { body }));

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
