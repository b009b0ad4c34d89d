import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, segment } from "./client";
import { listAll, pagedQueryOptions } from "./pages";
import { meQuery } from "./session";
import type {
  AccountResponse,
  AuditEntryResponse,
  AuditLogQuery,
  ChangePasswordRequest,
  CreateInviteRequest,
  CreateInviteResponse,
  CreateManagementKeyRequest,
  EditAccountRequest,
  IdentityResponse,
  InviteResponse,
  ManagementKeyResponse,
  ManagementKeyWithSecretResponse,
  MemberResponse,
  RecoveryCodesResponse,
  Role,
  SessionResponse,
  TwoFactorProofRequest,
  TwoFactorSetupResponse,
  WebhookResponse,
  WebhookTestResponse,
  WebhookWithSecretResponse,
} from "./types";

// The user's own.

export const sessionsQuery = queryOptions({
  queryKey: ["me", "sessions"],
  queryFn: ({ signal }) => listAll<SessionResponse>("/me/sessions", undefined, signal),
});

export const identitiesQuery = queryOptions({
  queryKey: ["me", "identities"],
  queryFn: ({ signal }) => listAll<IdentityResponse>("/me/identities", undefined, signal),
});

export function useUnlinkProvider() {
  return useMyWrite((provider: string) => api.delete(`/me/identities/${segment(provider)}`));
}

/** A write of the user's own, after which what is known of them is asked for again. */
function useMyWrite<Request, Answer = void>(write: (request: Request) => Promise<Answer>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: write,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: meQuery.queryKey }),
  });
}

export function useChangePassword() {
  return useMyWrite((request: ChangePasswordRequest) => api.post("/me/password", request));
}

export function useBeginTwoFactor() {
  return useMutation({
    mutationFn: (request: { password?: string }) =>
      api.post<TwoFactorSetupResponse>("/me/two-factor", request),
  });
}

export function useConfirmTwoFactor() {
  return useMyWrite((code: string) => api.post<RecoveryCodesResponse>("/me/two-factor/confirm", { code }));
}

export type Proof = TwoFactorProofRequest;

export function useDisableTwoFactor() {
  return useMyWrite((proof: Proof) => api.post("/me/two-factor/disable", proof));
}

export function useNewRecoveryCodes() {
  return useMutation({
    mutationFn: (proof: Proof) => api.post<RecoveryCodesResponse>("/me/two-factor/recovery-codes", proof),
  });
}

export function useEndSession() {
  return useMyWrite((id: string) => api.post(`/me/sessions/${segment(id)}/end`));
}

export function useEndOtherSessions() {
  return useMyWrite(() => api.post("/me/sessions/end-others"));
}

// An account's.

const accountPath = (accountId: string) => `/accounts/${segment(accountId)}`;

export function membersQuery(accountId: string) {
  return queryOptions({
    queryKey: ["account", accountId, "members"],
    queryFn: ({ signal }) => listAll<MemberResponse>(`${accountPath(accountId)}/members`, undefined, signal),
  });
}

export function invitesQuery(accountId: string) {
  return queryOptions({
    queryKey: ["account", accountId, "invites"],
    queryFn: ({ signal }) => listAll<InviteResponse>(`${accountPath(accountId)}/invites`, undefined, signal),
  });
}

export function managementKeysQuery(accountId: string) {
  return queryOptions({
    queryKey: ["account", accountId, "management-keys"],
    queryFn: ({ signal }) =>
      listAll<ManagementKeyResponse>(`${accountPath(accountId)}/management-keys`, undefined, signal),
  });
}

export function webhooksQuery(accountId: string) {
  return queryOptions({
    queryKey: ["account", accountId, "webhooks"],
    queryFn: ({ signal }) =>
      listAll<WebhookResponse>(`${accountPath(accountId)}/webhooks`, undefined, signal),
  });
}

export function auditLogQuery(accountId: string, query: AuditLogQuery) {
  return pagedQueryOptions<AuditEntryResponse>(
    ["account", accountId, "audit-log", query],
    `${accountPath(accountId)}/audit-log`,
    query,
  );
}

/** A write in an account, after which what is known of the account is asked for again. */
function useAccountWrite<Request, Answer = void>(
  accountId: string,
  write: (request: Request) => Promise<Answer>,
) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: write,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["account", accountId] }),
  });
}

export function useEditAccount(accountId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (change: EditAccountRequest) =>
      api.patch<AccountResponse>(`${accountPath(accountId)}/account`, change),
    onSuccess: (account) => {
      queryClient.setQueryData(["account", accountId], account);
      return queryClient.invalidateQueries({ queryKey: meQuery.queryKey, exact: true });
    },
  });
}

export function useChangeRole(accountId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ userId, role }: { userId: string; role: Role }) =>
      api.patch<MemberResponse>(`${accountPath(accountId)}/members/${segment(userId)}`, { role }),
    onSuccess: (member) => {
      queryClient.setQueryData(membersQuery(accountId).queryKey, (members) =>
        members?.map((one) => (one.user_id === member.user_id ? member : one)),
      );
      // It may have been one's own role, on which everything that is shown depends.
      return queryClient.invalidateQueries({ queryKey: meQuery.queryKey, exact: true });
    },
  });
}

export function useRemoveMember(accountId: string) {
  return useAccountWrite(accountId, (userId: string) =>
    api.post(`${accountPath(accountId)}/members/${segment(userId)}/remove`),
  );
}

/** Removes oneself. What is known of the account is dropped, not asked for again: it is no longer ours. */
export function useLeaveAccount(accountId: string) {
  return useMutation({
    mutationFn: (userId: string) => api.post(`${accountPath(accountId)}/members/${segment(userId)}/remove`),
  });
}

export function useCreateInvite(accountId: string) {
  return useAccountWrite(accountId, (request: CreateInviteRequest) =>
    api.post<CreateInviteResponse>(`${accountPath(accountId)}/invites`, request),
  );
}

export function useRevokeInvite(accountId: string) {
  return useAccountWrite(accountId, (id: string) =>
    api.post(`${accountPath(accountId)}/invites/${segment(id)}/revoke`),
  );
}

export function useCreateManagementKey(accountId: string) {
  return useAccountWrite(accountId, (request: CreateManagementKeyRequest) =>
    api.post<ManagementKeyWithSecretResponse>(`${accountPath(accountId)}/management-keys`, request),
  );
}

export function useCreateWebhook(accountId: string) {
  return useAccountWrite(accountId, (url: string) =>
    api.post<WebhookWithSecretResponse>(`${accountPath(accountId)}/webhooks`, { url }),
  );
}

export function useEditWebhook(accountId: string) {
  return useAccountWrite(accountId, ({ id, is_enabled }: { id: string; is_enabled: boolean }) =>
    api.patch<WebhookResponse>(`${accountPath(accountId)}/webhooks/${segment(id)}`, { is_enabled }),
  );
}

export function useDeleteWebhook(accountId: string) {
  return useAccountWrite(accountId, (id: string) =>
    api.delete(`${accountPath(accountId)}/webhooks/${segment(id)}`),
  );
}

export function useTestWebhook(accountId: string) {
  return useAccountWrite(accountId, (id: string) =>
    api.post<WebhookTestResponse>(`${accountPath(accountId)}/webhooks/${segment(id)}/test`),
  );
}

export function useRevokeManagementKey(accountId: string) {
  return useAccountWrite(accountId, (id: string) =>
    api.post(`${accountPath(accountId)}/management-keys/${segment(id)}/revoke`),
  );
}
