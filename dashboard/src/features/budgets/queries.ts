import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { BudgetSpec } from "@/api/types";

/** The budgets of the account as they stand, and what it spends this month. */
export function accountBudgetsQuery(accountId: string) {
  return queryOptions({
    queryKey: ["account", accountId, "budgets"],
    queryFn: ({ signal }) =>
      api.get("/accounts/{account_id}/budgets", { path: { account_id: accountId }, signal }),
  });
}

export function useSetBudgets(accountId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (budgets: BudgetSpec[]) =>
      api.patch("/accounts/{account_id}/budgets", { path: { account_id: accountId }, body: { budgets } }),
    onSuccess: (standing) => queryClient.setQueryData(accountBudgetsQuery(accountId).queryKey, standing),
  });
}
