import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { pagedQueryOptions } from "@/api/pages";
import { accountQuery, meQuery } from "@/api/session";
import type { AccountChange, CreateAccountRequest, EditAccountRequest } from "@/api/types";
import { useOperatorWrite } from "@/api/writes";

// By those who are in it.

export function useEditAccount(accountId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: EditAccountRequest) =>
      api.patch("/accounts/{account_id}/account", { path: { account_id: accountId }, body }),
    onSuccess: (account) => {
      queryClient.setQueryData(accountQuery(accountId).queryKey, account);
      return queryClient.invalidateQueries({ queryKey: meQuery.queryKey, exact: true });
    },
  });
}

/** Removes oneself. What is known of the account is dropped, not asked for again: it is no longer ours. */
export function useLeaveAccount(accountId: string) {
  return useMutation({
    mutationFn: (userId: string) =>
      api.post("/accounts/{account_id}/members/{user_id}/remove", {
        path: { account_id: accountId, user_id: userId },
      }),
  });
}

// By operators.

export const accountsQuery = (filter: { query?: string; tier?: string; status?: string }) => ({
  ...pagedQueryOptions(["operator", "accounts", filter], "/admin/accounts", { query: filter }),
  placeholderData: keepPreviousData,
});

export const operatorAccountQuery = (id: string) =>
  queryOptions({
    queryKey: ["operator", "account", id],
    queryFn: ({ signal }) => api.get("/admin/accounts/{id}", { path: { id }, signal }),
  });

export const useCreateAccount = () =>
  useOperatorWrite((body: CreateAccountRequest) => api.post("/admin/accounts", { body }));

export function useEditOperatorAccount(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: AccountChange) => api.patch("/admin/accounts/{id}", { path: { id }, body }),
    onSuccess: (account) => {
      queryClient.setQueryData(operatorAccountQuery(id).queryKey, account);
      void queryClient.invalidateQueries({ queryKey: ["operator"] });
      void queryClient.invalidateQueries({ queryKey: ["account", id] });
      void queryClient.invalidateQueries({ queryKey: ["me"] });
    },
  });
}
