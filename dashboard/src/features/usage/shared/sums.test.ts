import { describe, expect, it } from "vitest";
import type { UsageGroup, UsageResponse } from "@/api/types";
import {
  addSums,
  failedShare,
  largestGroups,
  metricValue,
  NO_USE,
  stepsOfUsage,
  tokenClasses,
  trendOf,
} from "./sums";

const response: UsageResponse = {
  from: "2026-11-24T00:00:00.000Z",
  to: "2026-11-24T04:00:00.000Z",
  step: "hour",
  totals: NO_USE,
  groups: [],
  series: [
    { ...NO_USE, at: "2026-11-24T01:00:00.000Z", key: "a", requests: 1, duration_ms_avg: 100 },
    { ...NO_USE, at: "2026-11-24T01:00:00.000Z", key: "b", requests: 3, duration_ms_avg: 500 },
    { ...NO_USE, at: "2026-11-24T03:00:00.000Z", key: "a", requests: 5 },
  ],
};

describe("the steps of a response", () => {
  it("are all there, also those in which nothing happened", () => {
    const { times, totals } = stepsOfUsage(response);
    expect(times).toHaveLength(4);
    expect(totals.map((sums) => sums.requests)).toEqual([0, 4, 0, 5]);
  });

  it("add up their groups, with latencies weighted by requests", () => {
    const { totals, byGroup } = stepsOfUsage(response);
    expect(totals[1]?.duration_ms_avg).toBe(400);
    expect(byGroup.get("a")?.map((sums) => sums.requests)).toEqual([0, 1, 0, 5]);
  });

  it("thin out into a trend that keeps the sum", () => {
    const { totals } = stepsOfUsage(response);
    expect(trendOf(totals, "requests", 2)).toEqual([4, 5]);
  });
});

it("refused requests are counted beside the requests, as the API and the tables do", () => {
  const sums = { ...NO_USE, requests: 6, errors: 1, refused: 2 };
  expect(metricValue(sums, "requests")).toBe(6);
  expect(metricValue(sums, "errors")).toBe(1);
  expect(failedShare(sums)).toBe(1 / 6);
  expect(failedShare(NO_USE)).toBeNull();
});

it("amounts of meters are added by name", () => {
  const a = { ...NO_USE, meters: { cache_write_5m: 3 } };
  const b = { ...NO_USE, meters: { cache_write_5m: 4, images: 1 } };
  expect(addSums(a, b).meters).toEqual({ cache_write_5m: 7, images: 1 });
});

it("the classes of tokens add up to input and output", () => {
  const sums = { ...NO_USE, input_tokens: 100, cached_tokens: 30, output_tokens: 50, reasoning_tokens: 20 };
  expect(tokenClasses(sums)).toEqual({ input: 70, cached: 30, output: 30, reasoning: 20 });
});

it("groups beyond the colours of a chart are shown as one", () => {
  const group = (key: string, requests: number): UsageGroup => ({
    key,
    label: key,
    totals: { ...NO_USE, requests },
  });
  const groups = [group("other", 90), group("a", 1), group("b", 3), group("c", 2)];
  const { shown, rest } = largestGroups(groups, "requests", 3);
  expect(shown.map((one) => one.key)).toEqual(["b", "c"]);
  expect(rest.map((one) => one.key)).toEqual(["a", "other"]);
});
