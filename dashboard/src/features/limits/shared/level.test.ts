import { expect, it } from "vitest";
import type { LimitState } from "@/api/types";
import { levelOf, tightest, untilReset, usedShare } from "./level";

const state = (used: number, limit: number | null): LimitState => ({
  resource: "requests_per_minute",
  used,
  limit,
  resets_at: "2026-11-24T10:00:00.000Z",
});

it("a limit is calm, near or full", () => {
  expect([10, 75, 95, 300].map((used) => levelOf(state(used, 100)))).toEqual([
    "calm",
    "near",
    "full",
    "full",
  ]);
});

it("no limit is never near", () => {
  expect(levelOf(state(1e9, null))).toBe("unlimited");
  expect(tightest([state(1e9, null), state(3, 10)])).toBe(0.3);
});

it("a limit of nothing is used up", () => {
  expect(usedShare(state(0, 0))).toBe(1);
});

it("the countdown ends at nought", () => {
  expect(untilReset("2026-11-24T10:00:00.000Z", Date.parse("2026-11-24T10:00:05.000Z")).seconds).toBe(0);
});
