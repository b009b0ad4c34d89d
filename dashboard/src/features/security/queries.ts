import { queryOptions, useMutation } from "@tanstack/react-query";
import { api } from "@/api/client";
import { listAll } from "@/api/pages";
import type { ChangePasswordRequest, TwoFactorProofRequest } from "@/api/types";
import { useMyWrite } from "@/api/writes";

export const identitiesQuery = queryOptions({
  queryKey: ["me", "identities"],
  queryFn: ({ signal }) => listAll("/me/identities", undefined, signal),
});

export function useUnlinkProvider() {
  return useMyWrite((provider: string) => api.delete("/me/identities/{id}", { path: { id: provider } }));
}

export function useChangePassword() {
  return useMyWrite((body: ChangePasswordRequest) => api.post("/me/password", { body }));
}

export function useBeginTwoFactor() {
  return useMutation({
    mutationFn: (body: { password?: string }) => api.post("/me/two-factor", { body }),
  });
}

export function useConfirmTwoFactor() {
  return useMyWrite((code: string) => api.post("/me/two-factor/confirm", { body: { code } }));
}

export function useDisableTwoFactor() {
  return useMyWrite((body: TwoFactorProofRequest) => api.post("/me/two-factor/disable", { body }));
}

export function useNewRecoveryCodes() {
  return useMutation({
    mutationFn: (body: TwoFactorProofRequest) => api.post("/me/two-factor/recovery-codes", { body }),
  });
}
