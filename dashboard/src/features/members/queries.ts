import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { listAll } from "@/api/pages";
import { meQuery } from "@/api/session";
import type { CreateInviteRequest, Role } from "@/api/types";
import { useAccountWrite } from "@/api/writes";

export function membersQuery(accountId: string) {
  return queryOptions({
    queryKey: ["account", accountId, "members"],
    queryFn: ({ signal }) =>
      listAll("/accounts/{account_id}/members", { path: { account_id: accountId } }, signal),
  });
}

export function invitesQuery(accountId: string) {
  return queryOptions({
    queryKey: ["account", accountId, "invites"],
    queryFn: ({ signal }) =>
      listAll("/accounts/{account_id}/invites", { path: { account_id: accountId } }, signal),
  });
}

export function useChangeRole(accountId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ userId, role }: { userId: string; role: Role }) =>
      api.patch("/accounts/{account_id}/members/{user_id}", {
        path: { account_id: accountId, user_id: userId },
        body: { role },
      }),
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
    api.post("/accounts/{account_id}/members/{user_id}/remove", {
      path: { account_id: accountId, user_id: userId },
    }),
  );
}

export function useCreateInvite(accountId: string) {
  return useAccountWrite(accountId, (body: CreateInviteRequest) =>
    api.post("/accounts/{account_id}/invites", { path: { account_id: accountId }, body }),
  );
}

export function useRevokeInvite(accountId: string) {
  return useAccountWrite(accountId, (id: string) =>
    api.post("/accounts/{account_id}/invites/{id}/revoke", { path: { account_id: accountId, id } }),
  );
}
