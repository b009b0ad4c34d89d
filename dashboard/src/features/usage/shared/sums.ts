// Arithmetic over responses of the usage endpoint: pure, so that charts, cards and tables agree.

import type { UsageGroup, UsageResponse, UsageSums } from "@/api/types";
import { stepsOf } from "@/lib/range";

export const METRICS = ["requests", "tokens", "spend", "errors", "latency"] as const;
export type Metric = (typeof METRICS)[number];

/** The server's name for what is not among its largest groups. */
export const OTHER = "other";

export const NO_USE: UsageSums = {
  requests: 0,
  errors: 0,
  refused: 0,
  input_tokens: 0,
  output_tokens: 0,
  cached_tokens: 0,
  reasoning_tokens: 0,
  meters: {},
  charge_nanos: 0,
  duration_ms_avg: null,
  duration_ms_p50: null,
  duration_ms_p95: null,
  first_token_ms_avg: null,
};

export function addSums(a: UsageSums, b: UsageSums): UsageSums {
  return {
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    refused: a.refused + b.refused,
    input_tokens: a.input_tokens + b.input_tokens,
    output_tokens: a.output_tokens + b.output_tokens,
    cached_tokens: a.cached_tokens + b.cached_tokens,
    reasoning_tokens: a.reasoning_tokens + b.reasoning_tokens,
    meters: addMeters(a.meters, b.meters),
    charge_nanos: a.charge_nanos + b.charge_nanos,
    duration_ms_avg: weighted(a.duration_ms_avg, a.requests, b.duration_ms_avg, b.requests),
    duration_ms_p50: only(a, b, (sums) => sums.duration_ms_p50),
    duration_ms_p95: only(a, b, (sums) => sums.duration_ms_p95),
    first_token_ms_avg: weighted(a.first_token_ms_avg, a.requests, b.first_token_ms_avg, b.requests),
  };
}

function addMeters(a: UsageSums["meters"], b: UsageSums["meters"]): UsageSums["meters"] {
  const sums = { ...a };
  for (const [meter, amount] of Object.entries(b)) sums[meter] = (sums[meter] ?? 0) + amount;
  return sums;
}

/** Percentiles cannot be added up: that of the one side that has any requests. */
function only(a: UsageSums, b: UsageSums, percentile: (sums: UsageSums) => number | null): number | null {
  if (a.requests === 0) return percentile(b);
  return b.requests === 0 ? percentile(a) : null;
}

function weighted(a: number | null, weightA: number, b: number | null, weightB: number): number | null {
  if (a === null) return b;
  if (b === null) return a;
  const weight = weightA + weightB;
  return weight === 0 ? (a + b) / 2 : (a * weightA + b * weightB) / weight;
}

/** The figure of a metric; `null` where nothing was measured. */
export function metricValue(sums: UsageSums, metric: Metric): number | null {
  switch (metric) {
    case "requests":
      return sums.requests;
    case "tokens":
      return sums.input_tokens + sums.output_tokens;
    case "spend":
      return sums.charge_nanos;
    case "errors":
      return sums.errors;
    case "latency":
      return sums.duration_ms_avg;
  }
}

/** The part of the requests that failed. Refused ones are no requests: they were not let in, and are counted beside. */
export function failedShare(sums: UsageSums): number | null {
  return sums.requests === 0 ? null : sums.errors / sums.requests;
}

/** Cached tokens are a part of the input, reasoning tokens a part of the output; these four add up to both. */
export function tokenClasses(sums: UsageSums) {
  return {
    input: Math.max(0, sums.input_tokens - sums.cached_tokens),
    cached: sums.cached_tokens,
    output: Math.max(0, sums.output_tokens - sums.reasoning_tokens),
    reasoning: sums.reasoning_tokens,
  };
}

export interface Steps {
  /** Begin of each step, in milliseconds. */
  times: number[];
  /** All groups together, one for each step. */
  totals: UsageSums[];
  /** Each group's own sums; empty where the response is not grouped. */
  byGroup: Map<string, UsageSums[]>;
}

/** The series with the steps in which nothing happened filled in. */
export function stepsOfUsage(usage: UsageResponse): Steps {
  const times = stepsOf(usage);
  const place = new Map(times.map((at, index) => [at, index]));
  const totals = times.map(() => NO_USE);
  const byGroup = new Map<string, UsageSums[]>();
  for (const point of usage.series) {
    const index = place.get(Date.parse(point.at));
    if (index === undefined) continue;
    totals[index] = addSums(totals[index] ?? NO_USE, point);
    if (point.key === null) continue;
    let own = byGroup.get(point.key);
    if (!own) {
      own = times.map(() => NO_USE);
      byGroup.set(point.key, own);
    }
    own[index] = addSums(own[index] ?? NO_USE, point);
  }
  return { times, totals, byGroup };
}

/** The largest groups by a metric, and the rest in one; as many as a chart has colours for. */
export function largestGroups(groups: UsageGroup[], metric: Metric, most: number) {
  const sorted = [...groups]
    .filter((group) => group.key !== OTHER)
    .sort((a, b) => (metricValue(b.totals, metric) ?? 0) - (metricValue(a.totals, metric) ?? 0));
  const served = groups.filter((group) => group.key === OTHER);
  const hasRest = sorted.length + served.length > most;
  const shown = sorted.slice(0, hasRest ? most - 1 : most);
  const rest = [...sorted.slice(shown.length), ...served];
  return { shown, rest };
}

/** A metric's course in few, longer steps, for pictures that are a few hundred pixels wide. */
export function trendOf(totals: UsageSums[], metric: Metric, most = 32): number[] {
  const size = Math.max(1, Math.ceil(totals.length / most));
  const trend: number[] = [];
  for (let begin = 0; begin < totals.length; begin += size) {
    const sums = totals.slice(begin, begin + size).reduce(addSums, NO_USE);
    // Where nothing was measured the line goes on as it was.
    trend.push(metricValue(sums, metric) ?? trend.at(-1) ?? 0);
  }
  return trend;
}

export function hasUse(sums: UsageSums): boolean {
  return sums.requests > 0 || sums.refused > 0;
}
