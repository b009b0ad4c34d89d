import { keepPreviousData } from "@tanstack/react-query";
import { type Audience, audienceKey } from "@/api/audience";
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
          query: { action: filter.action, actor: filter.actor },
        });
  return { ...options, placeholderData: keepPreviousData };
}
