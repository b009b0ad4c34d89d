// What the live tail knows: rows that are shown above the list, and rows that wait until the reader looks.

import type { RequestResponse } from "@/api/types";

/** Rows that the tail keeps; older ones are in the list's pages again after a reload. */
const TAIL_KEPT_MAX = 500;

export interface Tail {
  /** The filters these rows were found with. */
  filters: string;
  shown: RequestResponse[];
  queued: RequestResponse[];
}

export function emptyTail(filters: string): Tail {
  return { filters, shown: [], queued: [] };
}

/** Takes in what a look at the newest rows brought. `null` when there was nothing new. */
export function takeIn(
  tail: Tail,
  listed: readonly RequestResponse[],
  newest: readonly RequestResponse[],
  isQueued: boolean,
): { tail: Tail; arrived: number } | null {
  const known = new Set([...listed, ...tail.shown, ...tail.queued].map((row) => row.id));
  const oldestListed = listed.at(-1);
  const fresh = newest.filter(
    (row) => !known.has(row.id) && (oldestListed === undefined || row.at >= oldestListed.at),
  );
  if (fresh.length === 0) return null;
  const into = isQueued ? tail.queued : tail.shown;
  const rows = newestFirst([...fresh, ...into]).slice(0, TAIL_KEPT_MAX);
  return {
    tail: isQueued ? { ...tail, queued: rows } : { ...tail, shown: rows },
    arrived: fresh.length,
  };
}

export function release(tail: Tail): Tail {
  if (tail.queued.length === 0) return tail;
  return {
    ...tail,
    shown: newestFirst([...tail.queued, ...tail.shown]).slice(0, TAIL_KEPT_MAX),
    queued: [],
  };
}

/** The list with the tail's rows in their places. */
export function merged(tail: Tail, listed: readonly RequestResponse[]): RequestResponse[] {
  const rows = new Map([...listed, ...tail.shown].map((row) => [row.id, row]));
  return newestFirst([...rows.values()]);
}

function newestFirst(rows: RequestResponse[]): RequestResponse[] {
  return rows.sort((left, right) =>
    left.at === right.at ? (left.id < right.id ? 1 : -1) : left.at < right.at ? 1 : -1,
  );
}
