// Where the parts of a request lie on one axis of time.

import type { RequestReceiptResponse } from "@/api/types";

export interface Span {
  id: string;
  beginMs: number;
  endMs: number;
}

export interface Timeline {
  totalMs: number;
  /** Round moments for the axis, 0 first. */
  ticks: number[];
  attempts: Span[];
  firstTokenMs: number | null;
}

type Timed = Pick<RequestReceiptResponse, "duration_ms" | "first_token_ms" | "attempts">;

const TICKS_WANTED = 5;

export function buildTimeline(receipt: Timed): Timeline {
  const attempts = receipt.attempts.map((attempt, index) => ({
    id: String(index),
    beginMs: Math.max(0, attempt.began_after_ms),
    endMs: Math.max(0, attempt.began_after_ms) + Math.max(0, attempt.duration_ms),
  }));
  const totalMs = Math.max(
    1,
    receipt.duration_ms,
    receipt.first_token_ms ?? 0,
    ...attempts.map((attempt) => attempt.endMs),
  );
  return { totalMs, ticks: ticksOf(totalMs), attempts, firstTokenMs: receipt.first_token_ms };
}

/** Moments at 1, 2 or 5 times a power of ten. */
export function ticksOf(totalMs: number): number[] {
  const rough = totalMs / TICKS_WANTED;
  const power = 10 ** Math.floor(Math.log10(rough));
  // Finer than a millisecond nothing was measured.
  const step = Math.max(
    1,
    [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough,
  );
  const ticks: number[] = [];
  for (let at = 0; at <= totalMs * 0.96; at += step) ticks.push(at);
  return ticks;
}

/** A moment as a share of the whole, for CSS. */
export function share(timeline: Timeline, ms: number): string {
  return `${Math.min(100, Math.max(0, (ms / timeline.totalMs) * 100))}%`;
}
