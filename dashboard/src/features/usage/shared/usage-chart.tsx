import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { UsageGroupBy, UsageResponse, UsageSums } from "@/api/types";
import { type TimeSeries, TimeSeriesChart } from "@/components/time-series-chart";
import { stepRange } from "@/lib/range";
import { SERIES_COUNT, seriesColor } from "@/theme/theme";
import { useGroupLabel, useMetricFormat } from "./labels";
import {
  addSums,
  largestGroups,
  type Metric,
  metricValue,
  NO_USE,
  OTHER,
  stepsOfUsage,
  tokenClasses,
} from "./sums";

export type ChartKind = "bars" | "area" | "line";

interface UsageChartProps {
  usage: UsageResponse;
  metric: Metric;
  groupBy?: UsageGroupBy;
  kind?: ChartKind;
  /** The period before: drawn as a broken line under the sum of everything. */
  previous?: UsageResponse;
  height?: number;
  /** The account whose requests a step leads to; without one it leads nowhere. */
  accountId?: string;
}

const STATUS_COLORS: Record<string, string> = {
  ok: "var(--yx-series-1)",
  error: "var(--yx-series-6)",
  refused: "var(--yx-series-3)",
};

/** One metric over time: split by what it is made of, or by group. */
export function UsageChart(props: UsageChartProps) {
  const { usage, metric, groupBy, kind = "bars", previous, height, accountId } = props;
  const navigate = useNavigate();
  const { t } = useTranslation("usage");
  const formatOf = useMetricFormat();
  const split = useSplit();
  const label = useGroupLabel(groupBy);

  const { times, series } = useMemo(() => {
    const steps = stepsOfUsage(usage);
    // Steps of another length do not stand beside each other.
    if (previous && previous.step === usage.step) {
      const before = stepsOfUsage(previous).totals.map((sums) => metricValue(sums, metric));
      const compared: TimeSeries[] = [
        { id: "now", label: t("thisPeriod"), values: steps.totals.map((sums) => metricValue(sums, metric)) },
        {
          id: "before",
          label: t("previousPeriod"),
          values: steps.times.map((_at, index) => before[index] ?? null),
          isReference: true,
        },
      ];
      return { times: steps.times, series: compared };
    }
    if (!groupBy) return { times: steps.times, series: split(steps.totals, metric) };
    const { shown, rest } = largestGroups(usage.groups, metric, SERIES_COUNT);
    const grouped: TimeSeries[] = shown.map((group, index) => ({
      id: group.key,
      label: label(group),
      values: (steps.byGroup.get(group.key) ?? []).map((sums) => metricValue(sums, metric)),
      color: (groupBy === "status" ? STATUS_COLORS[group.key] : undefined) ?? seriesColor(index),
    }));
    if (rest.length > 0) {
      const sums = steps.times.map((_at, index) =>
        rest.reduce<UsageSums>(
          (sum, group) => addSums(sum, steps.byGroup.get(group.key)?.[index] ?? NO_USE),
          NO_USE,
        ),
      );
      grouped.push({
        id: OTHER,
        label: t("other"),
        values: sums.map((one) => metricValue(one, metric)),
        color: seriesColor(SERIES_COUNT - 1),
      });
    }
    return { times: steps.times, series: grouped };
  }, [usage, previous, metric, groupBy, split, label, t]);

  const isSum = metric !== "latency";
  return (
    <TimeSeriesChart
      label={t(`chartLabel.${metric}`)}
      times={times}
      series={series}
      kind={isSum ? kind : "line"}
      isStacked={isSum && kind !== "line" && !previous && series.length > 1}
      isWhole={metric === "requests" || metric === "tokens" || metric === "errors"}
      hasTotals={isSum}
      onPick={
        accountId === undefined
          ? undefined
          : (index) =>
              void navigate({
                to: "/a/$accountId/requests",
                params: { accountId },
                search: stepRange(times[index] ?? 0, usage.step),
              })
      }
      formatValue={formatOf(metric)}
      height={height}
    />
  );
}

/** What a metric is made of when it is not grouped. */
function useSplit() {
  const { t } = useTranslation();
  const { t: ours } = useTranslation("usage");
  return useMemo(
    () =>
      (totals: UsageSums[], metric: Metric): TimeSeries[] => {
        const of = (
          id: string,
          label: string,
          value: (sums: UsageSums) => number | null,
          color?: string,
        ) => ({
          id,
          label,
          values: totals.map(value),
          color,
        });
        const failed = of("error", t("status.error"), (sums) => sums.errors, STATUS_COLORS.error);
        const refused = of("refused", t("status.refused"), (sums) => sums.refused, STATUS_COLORS.refused);
        switch (metric) {
          case "requests":
            return [
              of("ok", t("status.ok"), (sums) => sums.requests - sums.errors, STATUS_COLORS.ok),
              failed,
              refused,
            ];
          case "errors":
            return [failed];
          case "tokens":
            return [
              of("input", ours("tokens.input"), (sums) => tokenClasses(sums).input),
              of("cached", ours("tokens.cached"), (sums) => tokenClasses(sums).cached),
              of("output", ours("tokens.output"), (sums) => tokenClasses(sums).output),
              of("reasoning", ours("tokens.reasoning"), (sums) => tokenClasses(sums).reasoning),
            ];
          case "spend":
            return [of("spend", ours("metric.spend"), (sums) => sums.charge_nanos)];
          case "latency":
            return [
              of("duration", ours("latency.whole"), (sums) => sums.duration_ms_avg),
              of("p50", ours("latency.p50"), (sums) => sums.duration_ms_p50),
              of("p95", ours("latency.p95"), (sums) => sums.duration_ms_p95),
              of("first", ours("latency.firstToken"), (sums) => sums.first_token_ms_avg),
            ];
        }
      },
    [t, ours],
  );
}
