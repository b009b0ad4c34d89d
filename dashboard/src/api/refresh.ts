/** Asks again every so often, except where the first response never came: that waits for the reader to try again. */
export function refreshEvery(everyMs: number) {
  return ({ state }: { state: { status: string; data: unknown } }): number | false =>
    state.status === "error" && state.data === undefined ? false : everyMs;
}
