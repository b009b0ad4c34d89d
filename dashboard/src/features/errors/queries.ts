import { queryOptions } from "@tanstack/react-query";
import { type Audience, audienceKey } from "@/api/audience";
import { api } from "@/api/client";
import { refreshEvery } from "@/api/refresh";
import type { ErrorsQuery } from "@/api/types";

const REFRESH_MS = 30_000;

/** Errors in groups, the most frequent first. */
export function errorsQuery(audience: Audience, query: ErrorsQuery) {
  return queryOptions({
    queryKey: [...audienceKey(audience), "requests", "errors", query],
    queryFn: async ({ signal }) => {
      const page =
        audience === "operator"
          ? await api.get("/admin/requests/errors", { query, signal })
          : await api.get("/accounts/{account_id}/requests/errors", {
              path: { account_id: audience.accountId },
              query,
              signal,
            });
      return page.data;
    },
    refetchInterval: refreshEvery(REFRESH_MS),
  });
}
