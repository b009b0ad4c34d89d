import { expect, it } from "vitest";
import { countLimits, limitsOf, limitValues, NO_LIMITS, setLimits } from "./own-limits";

it("sends the limits that were typed, and those alone", () => {
  expect(limitsOf(NO_LIMITS)).toEqual({});
  expect(limitsOf({ ...NO_LIMITS, requests_per_minute: 5 })).toEqual({ requests_per_minute: 5 });
});

it("shows what the server has", () => {
  const limits = { requests_per_minute: null, tokens_per_minute: 900, concurrent_requests: 2 };
  expect(limitValues(limits)).toEqual({ ...NO_LIMITS, tokens_per_minute: 900, concurrent_requests: 2 });
  expect(countLimits(limitValues(limits))).toBe(2);
  expect(setLimits(limits)).toEqual([
    ["tokens_per_minute", 900],
    ["concurrent_requests", 2],
  ]);
});
