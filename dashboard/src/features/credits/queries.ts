import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Audience, audienceKey } from "@/api/audience";
import { api, apiUrl } from "@/api/client";
import { pagedQueryOptions } from "@/api/pages";
import type { CreateRedemptionBatchRequest } from "@/api/types";
import { useAccountWrite, useOperatorWrite } from "@/api/writes";

export function creditsQuery(accountId: string) {
  return queryOptions({
    queryKey: ["account", accountId, "credits"],
    queryFn: ({ signal }) =>
      api.get("/accounts/{account_id}/credits", { path: { account_id: accountId }, signal }),
  });
}

/** `account`: only operators may ask for one account's entries among all. */
export interface EntryFilter {
  account?: string;
  kind?: string;
}

export function ledgerQuery(audience: Audience, { account, kind }: EntryFilter) {
  const queryKey = [...audienceKey(audience), "ledger", { account, kind }];
  const options =
    audience === "operator"
      ? pagedQueryOptions(queryKey, "/admin/credits/entries", { query: { account, kind } })
      : pagedQueryOptions(queryKey, "/accounts/{account_id}/credits/entries", {
          path: { account_id: audience.accountId },
          query: { kind },
        });
  return { ...options, placeholderData: keepPreviousData };
}

/** Where the browser gets the same entries as a table. */
export function ledgerCsvUrl(audience: Audience, { account, kind }: EntryFilter): string {
  return audience === "operator"
    ? apiUrl("/admin/credits/entries.csv", { query: { account, kind } })
    : apiUrl("/accounts/{account_id}/credits/entries.csv", {
        path: { account_id: audience.accountId },
        query: { kind },
      });
}

export const balancesQuery = pagedQueryOptions(["operator", "balances"], "/admin/credits");

export const useGrantCredits = () =>
  useOperatorWrite(({ account, amount, reason }: { account: string; amount: string; reason: string }) =>
    api.post("/admin/accounts/{id}/credits", { path: { id: account }, body: { amount, reason } }),
  );

export const useUndoEntry = () =>
  useOperatorWrite(({ id, reason }: { id: string; reason: string }) =>
    api.post("/admin/credits/entries/{id}/undo", { path: { id }, body: { reason } }),
  );

export function useRedeemCode(accountId: string) {
  return useAccountWrite(accountId, (code: string) =>
    api.post("/accounts/{account_id}/credits/redemptions", {
      path: { account_id: accountId },
      body: { code },
    }),
  );
}

export const batchesQuery = pagedQueryOptions(
  ["operator", "redemption-batches"],
  "/admin/redemption-batches",
);

export const useCreateBatch = () =>
  useOperatorWrite((body: CreateRedemptionBatchRequest) => api.post("/admin/redemption-batches", { body }));

export const useVoidBatch = () =>
  useOperatorWrite((id: string) => api.post("/admin/redemption-batches/{id}/void", { path: { id } }));
