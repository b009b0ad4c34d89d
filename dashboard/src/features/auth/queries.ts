import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { api } from "@/api/client";
import { endSession, meQuery } from "@/api/session";
import type {
  ConfirmPasswordResetRequest,
  FirstOperatorRequest,
  MeResponse,
  SignInRequest,
  SignUpRequest,
} from "@/api/types";
import { publicPath } from "@/base-path";
import { forgetInvite } from "./invite-token";

export const authOptionsQuery = queryOptions({
  queryKey: ["auth", "options"],
  queryFn: ({ signal }) => api.get("/auth/options", { signal }),
  staleTime: 60_000,
});

/** Who is signed in, for pages that work for everybody; it asks once and takes "nobody" for a response. */
export const maybeMeQuery = queryOptions({ ...meQuery, retry: false, retryOnMount: false });

export function inviteQuery(token: string) {
  return queryOptions({
    queryKey: ["auth", "invite", token],
    queryFn: () => api.post("/auth/invites/inspect", { body: { token } }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

/** A query and not a mutation, because it must be sent once however often the page is drawn. */
export function emailConfirmationQuery(token: string) {
  return queryOptions({
    queryKey: ["auth", "email-confirmation", token],
    queryFn: async () => {
      await api.post("/auth/email-confirmation", { body: { token } });
      return true;
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

/** Somebody has signed in: forget what an earlier user left, and go on. */
export function useEnter() {
  const queryClient = useQueryClient();
  const router = useRouter();
  return (me: MeResponse, path: string) => {
    queryClient.clear();
    queryClient.setQueryData(meQuery.queryKey, me);
    router.history.push(publicPath(path));
  };
}

export function useSignIn() {
  return useMutation({
    mutationFn: (body: SignInRequest) => api.post("/auth/sign-in", { body }),
  });
}

/** Nothing of it is kept: the key is in no query's name and in no cache after the response. */
export function useRevokeLeakedKey() {
  return useMutation({
    mutationFn: (key: string) => api.post("/leaked-keys", { body: { key } }),
    gcTime: 0,
  });
}

export function useSignUp() {
  return useMutation({
    mutationFn: (body: SignUpRequest) => api.post("/auth/sign-up", { body }),
    onSuccess: forgetInvite,
  });
}

export function useCreateFirstOperator() {
  return useMutation({
    mutationFn: (body: FirstOperatorRequest) => api.post("/auth/first-operator", { body }),
  });
}

export function useRequestPasswordReset() {
  return useMutation({
    mutationFn: (email: string) => api.post("/auth/password-reset", { body: { email } }),
  });
}

export function useConfirmPasswordReset() {
  return useMutation({
    mutationFn: (body: ConfirmPasswordResetRequest) => api.post("/auth/password-reset/confirm", { body }),
  });
}

export function useAcceptInvite() {
  return useMutation({
    mutationFn: (token: string) => api.post("/auth/invites/accept", { body: { token } }),
    onSuccess: forgetInvite,
  });
}

/** Signs out, but keeps the invite: the page then offers the other ways in. */
export function useLeaveForInvite() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => endSession(queryClient),
    onSuccess: () => {
      queryClient.clear();
      window.location.assign(publicPath("/invite"));
    },
  });
}
