// Everything the operator's pages ask of the server and tell it.

import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, idPath, segment } from "./client";
import { listAll, pagedQueryOptions } from "./pages";
import type {
  AccountChange,
  AdminAccountResponse,
  AdminDeploymentResponse,
  AdminModelResponse,
  AdminProviderResponse,
  AdminUserResponse,
  AuditEntryResponse,
  AuthOptionsResponse,
  CatalogueResponse,
  CreateAccountRequest,
  CreateManagementKeyRequest,
  DeploymentChange,
  DocsFeedbackCountResponse,
  DocsFeedbackResponse,
  LinkResponse,
  ManagementKeyResponse,
  ManagementKeyWithSecretResponse,
  ProviderChange,
  ProviderKindResponse,
  ProviderTestResponse,
  SystemResponse,
  TierResponse,
  UsageQuery,
  UsageResponse,
  UserChange,
  WriteDeploymentRequest,
  WriteModelRequest,
  WriteProviderRequest,
  WriteTierRequest,
} from "./types";

const HEALTH_REFRESH_MS = 3_000;
const SYSTEM_REFRESH_MS = 5_000;

// Reads

/** Refreshes what is there. What could not be read at all waits for its retry button: a new try would take the error away again. */
function everyWhileLoaded(everyMs: number) {
  return (query: { state: { data: unknown } }) => (query.state.data === undefined ? false : everyMs);
}

export const accountsQuery = (filter: { query?: string; tier?: string; status?: string }) => ({
  ...pagedQueryOptions<AdminAccountResponse>(["operator", "accounts", filter], "/admin/accounts", filter),
  placeholderData: keepPreviousData,
});

export const accountQuery = (id: string) =>
  queryOptions({
    queryKey: ["operator", "account", id],
    queryFn: ({ signal }) =>
      api.get<AdminAccountResponse>(`/admin/accounts/${segment(id)}`, undefined, signal),
  });

export const usersQuery = (filter: { query?: string }) => ({
  ...pagedQueryOptions<AdminUserResponse>(["operator", "users", filter], "/admin/users", filter),
  placeholderData: keepPreviousData,
});

export const signUpQuery = queryOptions({
  queryKey: ["auth", "options"],
  queryFn: ({ signal }) => api.get<AuthOptionsResponse>("/auth/options", undefined, signal),
  staleTime: 300_000,
});

const whole = <T>(name: string, path: string) =>
  queryOptions({
    queryKey: ["operator", name],
    queryFn: ({ signal }) => listAll<T>(path, undefined, signal),
    staleTime: 15_000,
  });

export const tiersQuery = whole<TierResponse>("tiers", "/admin/tiers");
export const providersQuery = whole<AdminProviderResponse>("providers", "/admin/providers");
export const modelsQuery = whole<AdminModelResponse>("models", "/admin/models");
export const deploymentsQuery = whole<AdminDeploymentResponse>("deployments", "/admin/deployments");
export const liveDeploymentsQuery = {
  ...deploymentsQuery,
  refetchInterval: everyWhileLoaded(HEALTH_REFRESH_MS),
};

export const providerKindsQuery = queryOptions({
  queryKey: ["operator", "provider-kinds"],
  queryFn: ({ signal }) => listAll<ProviderKindResponse>("/admin/provider-kinds", undefined, signal),
  staleTime: Number.POSITIVE_INFINITY,
});

export const operatorUsageQuery = (query: UsageQuery, isEnabled = true) =>
  queryOptions({
    queryKey: ["operator", "usage", query],
    queryFn: ({ signal }) => api.get<UsageResponse>("/admin/usage", query, signal),
    placeholderData: keepPreviousData,
    enabled: isEnabled,
  });

export const auditLogQuery = (filter: { account_id?: string; action?: string; actor?: string }) => ({
  ...pagedQueryOptions<AuditEntryResponse>(["operator", "audit-log", filter], "/admin/audit-log", filter),
  placeholderData: keepPreviousData,
});

export const docsFeedbackQuery = (filter: { page?: string }) => ({
  ...pagedQueryOptions<DocsFeedbackResponse>(
    ["operator", "docs-feedback", filter],
    "/admin/docs-feedback",
    filter,
  ),
  placeholderData: keepPreviousData,
});

export const docsFeedbackCountsQuery = whole<DocsFeedbackCountResponse>(
  "docs-feedback-pages",
  "/admin/docs-feedback/pages",
);

export const systemQuery = queryOptions({
  queryKey: ["operator", "system"],
  queryFn: ({ signal }) => api.get<SystemResponse>("/admin/system", undefined, signal),
  refetchInterval: everyWhileLoaded(SYSTEM_REFRESH_MS),
});

export const managementKeysQuery = pagedQueryOptions<ManagementKeyResponse>(
  ["operator", "management-keys"],
  "/admin/management-keys",
);

// Writes. Nearly every one of them shows in several lists (counts, reach, the audit log), so all of the operator's data is read anew.

function useWrite<Input, Output>(write: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: write,
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: ["operator"] }),
  });
}

export const useCreateAccount = () =>
  useWrite((body: CreateAccountRequest) => api.post<AdminAccountResponse>("/admin/accounts", body));

export function useEditAccount(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (change: AccountChange) =>
      api.patch<AdminAccountResponse>(`/admin/accounts/${segment(id)}`, change),
    onSuccess: (account) => {
      queryClient.setQueryData(accountQuery(id).queryKey, account);
      void queryClient.invalidateQueries({ queryKey: ["operator"] });
      void queryClient.invalidateQueries({ queryKey: ["account", id] });
      void queryClient.invalidateQueries({ queryKey: ["me"] });
    },
  });
}

export const useEditUser = () =>
  useWrite(({ id, ...change }: UserChange & { id: string }) =>
    api.patch<AdminUserResponse>(`/admin/users/${segment(id)}`, change),
  );

export const useCreateResetLink = () =>
  useWrite((id: string) => api.post<LinkResponse>(`/admin/users/${segment(id)}/reset-link`));

export const useCreateSignUpInvite = () =>
  useWrite((email: string) => api.post<LinkResponse>("/admin/invites", { email }));

export const useWriteTier = () =>
  useWrite(({ tier, isNew }: { tier: WriteTierRequest; isNew: boolean }) =>
    isNew
      ? api.post<TierResponse>("/admin/tiers", tier)
      : api.patch<TierResponse>(`/admin/tiers/${segment(tier.id)}`, tier),
  );

export const useDeleteTier = () => useWrite((id: string) => api.delete(`/admin/tiers/${segment(id)}`));

export const useCreateProvider = () =>
  useWrite((body: WriteProviderRequest) => api.post<AdminProviderResponse>("/admin/providers", body));

export const useEditProvider = () =>
  useWrite(({ name, change }: { name: string; change: ProviderChange }) =>
    api.patch<AdminProviderResponse>(`/admin/providers/${segment(name)}`, change),
  );

export const useDeleteProvider = () =>
  useWrite((name: string) => api.delete(`/admin/providers/${segment(name)}`));

export const useTestProvider = () =>
  useMutation({
    mutationFn: (name: string) => api.post<ProviderTestResponse>(`/admin/providers/${segment(name)}/test`),
  });

export const useWriteModel = () =>
  useWrite(({ model, isNew }: { model: WriteModelRequest; isNew: boolean }) =>
    isNew
      ? api.post<AdminModelResponse>("/admin/models", model)
      : api.patch<AdminModelResponse>(`/admin/models/${idPath(model.id)}`, model),
  );

export const useDeleteModel = () => useWrite((id: string) => api.delete(`/admin/models/${idPath(id)}`));

export const useCreateDeployment = () =>
  useWrite((body: WriteDeploymentRequest) => api.post<AdminDeploymentResponse>("/admin/deployments", body));

export const useEditDeployment = () =>
  useWrite(({ id, weight }: DeploymentChange & { id: string }) =>
    api.patch<AdminDeploymentResponse>(`/admin/deployments/${segment(id)}`, { weight }),
  );

export const useDeleteDeployment = () =>
  useWrite((id: string) => api.delete(`/admin/deployments/${segment(id)}`));

export const useReloadCatalogue = () =>
  useWrite((_: undefined) => api.post<CatalogueResponse>("/admin/catalog/reload"));

export const useCreateManagementKey = () =>
  useWrite((body: CreateManagementKeyRequest) =>
    api.post<ManagementKeyWithSecretResponse>("/admin/management-keys", body),
  );

export const useRevokeManagementKey = () =>
  useWrite((id: string) => api.post<ManagementKeyResponse>(`/admin/management-keys/${segment(id)}/revoke`));
