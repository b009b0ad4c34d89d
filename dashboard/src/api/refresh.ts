import type { Query } from "@tanstack/react-query";

/** Asks again every so often, except where the first answer never came: that waits for the reader to try again. */
// biome-ignore lint/suspicious/noExplicitAny: queries of any shape
export function refreshEvery(everyMs: number): (query: Query<any, any, any, any>) => number | false {
  return ({ state }) => (state.status === "error" && state.data === undefined ? false : everyMs);
}
