import type { QueryKey } from "@tanstack/react-query";
import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, type QueryParams } from "./client";
import type { Page } from "./types";

/** Options of an infinite query over a list of the API; `DataTable` takes the result as it is. */
export function pagedQueryOptions<T>(queryKey: QueryKey, path: string, query?: QueryParams, limit = 50) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<T>>(path, { ...query, limit, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** Every row of a list that is known to be short (keys of an account, models), at most `PAGES_MAX` pages of it. */
export async function listAll<T>(path: string, query?: QueryParams, signal?: AbortSignal): Promise<T[]> {
  const PAGES_MAX = 25;
  const rows: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await api.get<Page<T>>(path, { ...query, limit: 200, cursor }, signal);
    rows.push(...answer.data);
    if (!answer.next_cursor) break;
    cursor = answer.next_cursor;
  }
  return rows;
}
