import type { LimitState } from "@/api/types";

const NEAR = 0.75;
const FULL = 0.95;

export type Level = "calm" | "near" | "full" | "unlimited";

/** How much of the limit is used, 0 to 1; `null` without a limit. */
export function usedShare(state: LimitState): number | null {
  if (state.limit === null) return null;
  return state.limit === 0 ? 1 : Math.min(1, state.used / state.limit);
}

export function levelOf(state: LimitState): Level {
  const share = usedShare(state);
  if (share === null) return "unlimited";
  if (share >= FULL) return "full";
  return share >= NEAR ? "near" : "calm";
}

/** The largest share of several limits: what will refuse first. */
export function tightest(states: LimitState[]): number {
  return Math.max(0, ...states.map((state) => usedShare(state) ?? 0));
}

/** Until the window begins anew: "12 s", "4:05", "7 h 12 min"; the words are the caller's. */
export function untilReset(resetsAt: string, now: number) {
  const seconds = Math.max(0, Math.ceil((Date.parse(resetsAt) - now) / 1000));
  return { seconds, minutes: Math.floor(seconds / 60), hours: Math.floor(seconds / 3600) };
}
