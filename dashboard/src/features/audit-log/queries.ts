import { keepPreviousData } from "@tanstack/react-query";
import { type Audience, audienceKey } from "@/api/audience";
import { apiUrl } from "@/api/client";
import { pagedQueryOptions } from "@/api/pages";
import type { AuditLogQuery } from "@/api/types";

/** `account_id`: only operators may ask for one account's changes among all. */
export type AuditFilter = AuditLogQuery & { account_id?: string };

export function auditLogQuery(audience: Audience, filter: AuditFilter) {
  const queryKey = [...audienceKey(audience), "audit-log", filter];
  const options =
    audience === "operator"
      ? pagedQueryOptions(queryKey, "/admin/audit-log", { query: filter })
      : pagedQueryOptions(queryKey, "/accounts/{account_id}/audit-log", {
          path: { account_id: audience.accountId },
          query: ofAccount(filter),
        });
  return { ...options, placeholderData: keepPreviousData };
}

/** Where the browser gets the same entries as a table. */
export function auditCsvUrl(audience: Audience, filter: AuditFilter): string {
  return audience === "operator"
    ? apiUrl("/admin/audit-log.csv", { query: filter })
    : apiUrl("/accounts/{account_id}/audit-log.csv", {
        path: { account_id: audience.accountId },
        query: ofAccount(filter),
      });
}

function ofAccount({ action, actor, from, to }: AuditFilter): AuditLogQuery {
  return { action, actor, from, to };
}
