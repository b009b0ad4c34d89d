import { keepPreviousData } from "@tanstack/react-query";
import { api } from "@/api/client";
import { operatorListOptions, pagedQueryOptions } from "@/api/pages";
import type { UserChange } from "@/api/types";
import { useOperatorWrite } from "@/api/writes";

export const usersQuery = (filter: { query?: string }) => ({
  ...pagedQueryOptions(["operator", "users", filter], "/admin/users", { query: filter }),
  placeholderData: keepPreviousData,
});

export const useEditUser = () =>
  useOperatorWrite(({ id, ...body }: UserChange & { id: string }) =>
    api.patch("/admin/users/{id}", { path: { id }, body }),
  );

export const useCreateResetLink = () =>
  useOperatorWrite((id: string) => api.post("/admin/users/{id}/reset-link", { path: { id } }));

export const signUpInvitesQuery = operatorListOptions("sign-up-invites", "/admin/invites");

export const useRevokeSignUpInvite = () =>
  useOperatorWrite((id: string) => api.post("/admin/invites/{id}/revoke", { path: { id } }));

export const useCreateSignUpInvite = () =>
  useOperatorWrite((email: string) => api.post("/admin/invites", { body: { email } }));
