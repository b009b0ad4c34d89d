// Usage as the charts take it.

import type { UsagePoint, UsageResponse, UsageSums } from "@/api/types";
import type { TimeSeries } from "@/components/time-series-chart";
import { STEP_MS, stepsOf } from "@/lib/range";
import { SERIES_COUNT } from "@/theme/theme";

export const USAGE_METRICS = ["requests", "charge", "tokens", "failures", "duration"] as const;
export type UsageMetric = (typeof USAGE_METRICS)[number];

export function readMetric(text: string | undefined): UsageMetric {
  return USAGE_METRICS.find((metric) => metric === text) ?? "requests";
}

export function metricOf(metric: UsageMetric, sums: UsageSums | UsagePoint): number | null {
  switch (metric) {
    case "requests":
      return sums.requests;
    case "charge":
      return sums.charge_nanos;
    case "tokens":
      return sums.input_tokens + sums.output_tokens;
    case "failures":
      return sums.errors + sums.refused;
    case "duration":
      return sums.duration_ms_avg;
  }
}

/** An average cannot be stacked or added up. */
export function isSum(metric: UsageMetric): boolean {
  return metric !== "duration";
}

const STATUS_COLORS: Record<string, string> = {
  ok: "var(--yx-series-1)",
  error: "var(--yx-series-6)",
  refused: "var(--yx-series-3)",
};

export const REST = "\u0000rest";

interface UsageSeries {
  times: number[];
  series: TimeSeries[];
}

/** One line per group, the largest first; what has no colour left is summed in one more. */
export function usageSeries(
  usage: UsageResponse,
  metric: UsageMetric,
  labelOf: (key: string, label: string) => string,
): UsageSeries {
  const times = stepsOf(usage);
  const indexOf = new Map(times.map((at, index) => [at, index]));
  const stepMs = STEP_MS[usage.step];
  const shown = usage.groups.length > SERIES_COUNT ? usage.groups.slice(0, SERIES_COUNT - 1) : usage.groups;
  const series = shown.map(
    (group): TimeSeries => ({
      id: group.key,
      label: labelOf(group.key, group.label),
      color: STATUS_COLORS[group.key],
      values: empty(times.length, metric),
    }),
  );
  const rest: TimeSeries = {
    id: REST,
    label: labelOf(REST, REST),
    color: "var(--yx-series-8)",
    values: empty(times.length, metric),
  };
  const byKey = new Map(series.map((one) => [one.id, one]));
  for (const point of usage.series) {
    const index = indexOf.get(Math.floor(Date.parse(point.at) / stepMs) * stepMs);
    const value = metricOf(metric, point);
    if (index === undefined || value === null) continue;
    const target = byKey.get(point.key ?? series[0]?.id ?? "") ?? rest;
    target.values[index] = isSum(metric) ? (target.values[index] ?? 0) + value : value;
  }
  const hasRest = usage.groups.length > shown.length && isSum(metric);
  return { times, series: hasRest ? [...series, rest] : series };
}

function empty(length: number, metric: UsageMetric): (number | null)[] {
  return new Array<number | null>(length).fill(isSum(metric) ? 0 : null);
}

export function failureShare(sums: UsageSums): number | null {
  return sums.requests + sums.refused === 0
    ? null
    : (sums.errors + sums.refused) / (sums.requests + sums.refused);
}
