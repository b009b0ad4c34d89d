import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { api, apiUrl } from "@/api/client";
import type { Page } from "@/api/operations";
import { pagedQueryOptions } from "@/api/pages";
import type { RequestResponse, RequestsQuery, UsageQuery } from "@/api/types";

const TAIL_EVERY_MS = 2000;
/** As many rows as one look at the tail may bring; more than that in two seconds is a reload. */
export const TAIL_ROWS_MAX = 100;
/** How far back the tail looks: a request is listed when it has ended, under the time at which it began. */
const TAIL_WINDOW_MS = 10 * 60_000;

export function requestsQuery(accountId: string, query: RequestsQuery) {
  return pagedQueryOptions(
    ["account", accountId, "requests", "list", query],
    "/accounts/{account_id}/requests",
    { path: { account_id: accountId }, query },
  );
}

/** Where the browser gets the same requests as a table. */
export function requestsCsvUrl(accountId: string, query: RequestsQuery): string {
  return apiUrl("/accounts/{account_id}/requests.csv", { path: { account_id: accountId }, query });
}

/** The newest rows, again and again. TanStack rests while the tab is hidden. */
export function requestsTailQuery(accountId: string, query: RequestsQuery, isLive: boolean) {
  return queryOptions({
    queryKey: ["account", accountId, "requests", "tail", query],
    queryFn: async ({ signal }) => {
      const from = new Date(Date.now() - TAIL_WINDOW_MS).toISOString();
      const page = await api.get("/accounts/{account_id}/requests", {
        path: { account_id: accountId },
        query: {
          ...query,
          from: query.from && query.from > from ? query.from : from,
          limit: TAIL_ROWS_MAX,
        },
        signal,
      });
      return page.data;
    },
    enabled: isLive,
    refetchInterval: TAIL_EVERY_MS,
    staleTime: 0,
    gcTime: 0,
  });
}

export function receiptQuery(accountId: string, requestId: string) {
  return queryOptions({
    queryKey: ["account", accountId, "requests", "receipt", requestId],
    queryFn: ({ signal }) =>
      api.get("/accounts/{account_id}/requests/{id}", {
        path: { account_id: accountId, id: requestId },
        signal,
      }),
    // What has happened does not change.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** A request of whichever account, with what the upstream said; `null` where there is none. */
export function operatorReceiptQuery(requestId: string) {
  return queryOptions({
    queryKey: ["operator", "requests", "receipt", requestId],
    queryFn: ({ signal }) => api.get("/admin/requests/{id}", { path: { id: requestId }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Requests over time, split by how they ended, under the filters of the log. */
export function requestsOverTimeQuery(accountId: string, query: UsageQuery) {
  return queryOptions({
    queryKey: ["account", accountId, "requests", "over-time", query],
    queryFn: ({ signal }) =>
      api.get("/accounts/{account_id}/usage", { path: { account_id: accountId }, query, signal }),
  });
}

export interface Neighbours {
  newer: string | null;
  older: string | null;
}

/** The requests around this one in the list that the reader came from, as far as it is loaded. */
export function neighboursOf(queryClient: QueryClient, accountId: string, requestId: string): Neighbours {
  const lists = queryClient.getQueriesData<{ pages: Page<RequestResponse>[] }>({
    queryKey: ["account", accountId, "requests", "list"],
  });
  for (const [, list] of lists.reverse()) {
    const rows = list?.pages.flatMap((page) => page.data) ?? [];
    const index = rows.findIndex((row) => row.id === requestId);
    if (index >= 0) return { newer: rows[index - 1]?.id ?? null, older: rows[index + 1]?.id ?? null };
  }
  return { newer: null, older: null };
}
