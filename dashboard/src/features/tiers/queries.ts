import { api } from "@/api/client";
import { operatorListOptions } from "@/api/pages";
import type { WriteTierRequest } from "@/api/types";
import { useOperatorWrite } from "@/api/writes";

export const tiersQuery = operatorListOptions("tiers", "/admin/tiers");

export const useWriteTier = () =>
  useOperatorWrite(({ tier, isNew }: { tier: WriteTierRequest; isNew: boolean }) =>
    isNew
      ? api.post("/admin/tiers", { body: tier })
      : api.patch("/admin/tiers/{id}", { path: { id: tier.id }, body: tier }),
  );

export const useDeleteTier = () =>
  useOperatorWrite((id: string) => api.delete("/admin/tiers/{id}", { path: { id } }));
