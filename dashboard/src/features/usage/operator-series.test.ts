import { describe, expect, it } from "vitest";
import type { UsageResponse, UsageSums } from "@/api/types";
import { failureShare, REST, usageSeries } from "./operator-series";

const sums = (requests: number): UsageSums => ({
  requests,
  errors: 0,
  refused: 0,
  input_tokens: 0,
  output_tokens: 0,
  cached_tokens: 0,
  reasoning_tokens: 0,
  meters: {},
  charge_nanos: 0,
  duration_ms_avg: null,
  first_token_ms_avg: null,
});

function usage(keys: string[]): UsageResponse {
  return {
    from: "2026-11-24T00:00:00.000Z",
    to: "2026-11-24T03:00:00.000Z",
    step: "hour",
    totals: sums(keys.length),
    groups: keys.map((key) => ({ key, label: key, totals: sums(1) })),
    series: keys.map((key) => ({ ...sums(1), at: "2026-11-24T01:00:00.000Z", key })),
  };
}

const label = (_key: string, text: string) => text;

describe("the series of a usage answer", () => {
  it("fill the steps without anything with zeros", () => {
    const { times, series } = usageSeries(usage(["a"]), "requests", label);
    expect(times).toHaveLength(3);
    expect(series[0]?.values).toEqual([0, 1, 0]);
  });

  it("leave averages without a value empty and never sum them", () => {
    const { series } = usageSeries(usage(["a"]), "duration", label);
    expect(series[0]?.values).toEqual([null, null, null]);
  });

  it("sum the groups for which there is no colour in one", () => {
    const keys = Array.from({ length: 12 }, (_, index) => `m${index}`);
    const { series } = usageSeries(usage(keys), "requests", label);
    expect(series).toHaveLength(8);
    expect(series.at(-1)?.id).toBe(REST);
    expect(series.at(-1)?.values).toEqual([0, 5, 0]);
  });

  it("know no share of failures without requests", () => {
    expect(failureShare(sums(0))).toBeNull();
    expect(failureShare({ ...sums(8), errors: 1, refused: 2 })).toBeCloseTo(0.3);
  });
});
