import type { QueryKey } from "@tanstack/react-query";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type Sent, send } from "./client";
import type { Arguments, ListPath, Page, Row } from "./operations";

interface PageOf {
  limit: number;
  cursor: string | undefined;
  signal?: AbortSignal;
}

/** Options of an infinite query over a list of the API; `DataTable` takes the result as it is. */
export function pagedQueryOptions<P extends ListPath>(
  queryKey: QueryKey,
  path: P,
  options?: Arguments<"get", P>[0],
  limit = 50,
) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) => getPage(path, options, { limit, cursor: pageParam, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

const PAGES_MAX = 25;

/** Every row of a list that is known to be short (keys of an account, models), at most `PAGES_MAX` pages of it. */
export async function listAll<P extends ListPath>(
  path: P,
  options?: Arguments<"get", P>[0],
  signal?: AbortSignal,
): Promise<Row<P>[]> {
  const rows: Row<P>[] = [];
  let cursor: string | undefined;
  for (let count = 0; count < PAGES_MAX; count += 1) {
    const page = await getPage(path, options, { limit: 200, cursor, signal });
    rows.push(...page.data);
    if (!page.next_cursor) break;
    cursor = page.next_cursor;
  }
  return rows;
}

const LIST_STALE_MS = 15_000;

/** Options of a query for a whole list of the operator's, under its name. */
export function operatorListOptions<P extends ListPath>(name: string, path: P) {
  return queryOptions({
    queryKey: ["operator", name],
    queryFn: ({ signal }) => listAll(path, undefined, signal),
    staleTime: LIST_STALE_MS,
  });
}

function getPage<P extends ListPath>(
  path: P,
  options: Arguments<"get", P>[0],
  page: PageOf,
): Promise<Page<Row<P>>>;
function getPage(path: string, options: Sent = {}, { limit, cursor, signal }: PageOf): Promise<unknown> {
  return send("GET", path, { ...options, signal, query: { ...options.query, limit, cursor } });
}
