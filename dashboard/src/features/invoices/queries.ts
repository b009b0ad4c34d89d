import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Audience, audienceKey } from "@/api/audience";
import { api, apiUrl } from "@/api/client";
import { pagedQueryOptions } from "@/api/pages";
import type { EditBillingDetailsRequest, InvoiceResponse } from "@/api/types";
import { useAccountWrite } from "@/api/writes";

/** `query`: a number, or the id of an order or an account; for operators. */
export function invoicesQuery(audience: Audience, query?: string) {
  const queryKey = [...audienceKey(audience), "invoices", query];
  const options =
    audience === "operator"
      ? pagedQueryOptions(queryKey, "/admin/invoices", { query: { query } })
      : pagedQueryOptions(queryKey, "/accounts/{account_id}/credits/invoices", {
          path: { account_id: audience.accountId },
        });
  return { ...options, placeholderData: keepPreviousData };
}

/** Where the browser gets the same invoices as a table. */
export function invoicesCsvUrl(audience: Audience, query?: string): string {
  return audience === "operator"
    ? apiUrl("/admin/invoices.csv", { query: { query } })
    : apiUrl("/accounts/{account_id}/credits/invoices.csv", { path: { account_id: audience.accountId } });
}

/** Where the browser gets an invoice as a document, in the reader's language. */
export function documentUrl(
  audience: Audience,
  { id }: Pick<InvoiceResponse, "id">,
  query: { format: "pdf" | "html"; language: string },
): string {
  return audience === "operator"
    ? apiUrl("/admin/invoices/{id}/document", { path: { id }, query })
    : apiUrl("/accounts/{account_id}/credits/invoices/{id}/document", {
        path: { account_id: audience.accountId, id },
        query,
      });
}

export function billingDetailsQuery(accountId: string) {
  return queryOptions({
    queryKey: ["account", accountId, "billing-details"],
    queryFn: ({ signal }) =>
      api.get("/accounts/{account_id}/credits/billing-details", { path: { account_id: accountId }, signal }),
  });
}

export const useEditBillingDetails = (accountId: string) =>
  useAccountWrite(accountId, (body: EditBillingDetailsRequest) =>
    api.patch("/accounts/{account_id}/credits/billing-details", { path: { account_id: accountId }, body }),
  );
