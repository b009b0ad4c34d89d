import { Card, Group, SegmentedControl, Skeleton } from "@mantine/core";
import { ChartNoAxesCombined } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { UsageResponse } from "@/api/types";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import classes from "@/components/operator.module.css";
import { changeOf, StatCard } from "@/components/stat-card";
import { TimeSeriesChart } from "@/components/time-series-chart";
import { useFormat } from "@/hooks/use-format";
import { useSearchState } from "@/hooks/use-search-state";
import {
  failureShare,
  isSum,
  REST,
  readMetric,
  USAGE_METRICS,
  type UsageMetric,
  usageSeries,
} from "./operator-series";

/** How a value of the metric is written. */
export function useMetricFormat(metric: UsageMetric): (value: number | null) => string {
  const format = useFormat();
  return useMemo(() => {
    if (metric === "charge") return format.money;
    return metric === "duration" ? format.duration : format.compact;
  }, [metric, format]);
}

/** The name of a group: what the server calls it, our own words for the status, the rest and the nameless. */
export function useGroupLabel() {
  const { t } = useTranslation("operator");
  const { t: common } = useTranslation();
  return useMemo(
    () => (key: string, label: string) => {
      if (key === REST || key === "other") return t("usage.rest");
      if (key === "ok" || key === "error" || key === "refused") return common(`status.${key}`);
      if (key === "live" || key === "test") return common(`environment.${key}`);
      return label || key || t("usage.nameless");
    },
    [t, common],
  );
}

interface UsageChartProps {
  query: {
    data: UsageResponse | undefined;
    error: unknown;
    refetch: () => unknown;
    isPlaceholderData?: boolean;
  };
  height?: number;
}

/** The chart of a usage answer with the choice of what it shows, which is kept in the address. */
export function UsageChart({ query, height = 280 }: UsageChartProps) {
  const { t } = useTranslation("operator");
  const [search, setSearch] = useSearchState();
  const metric = readMetric(search.metric);
  const formatValue = useMetricFormat(metric);
  const labelOf = useGroupLabel();
  const usage = query.data;
  const chart = useMemo(() => (usage ? usageSeries(usage, metric, labelOf) : null), [usage, metric, labelOf]);
  return (
    <Card padding="md" style={{ opacity: query.isPlaceholderData ? 0.6 : 1 }}>
      <Group justify="space-between" mb="sm">
        <div className={classes.scrollX}>
          <SegmentedControl
            size="xs"
            aria-label={t("usage.metric")}
            value={metric}
            onChange={(value) =>
              void setSearch({ metric: value === "requests" ? undefined : value }, { replace: true })
            }
            data={USAGE_METRICS.map((value) => ({ value, label: t(`usage.metrics.${value}`) }))}
          />
        </div>
      </Group>
      {chart === null ? (
        query.error ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Skeleton height={height + 26} radius="md" />
        )
      ) : usage?.series.length === 0 ? (
        <EmptyState
          icon={ChartNoAxesCombined}
          title={t("usage.empty")}
          text={t("usage.emptyText")}
          headingOrder={3}
        />
      ) : (
        <TimeSeriesChart
          label={t(`usage.metrics.${metric}`)}
          times={chart.times}
          series={chart.series}
          kind={isSum(metric) ? "bars" : "line"}
          isStacked={isSum(metric)}
          formatValue={formatValue}
          height={height}
        />
      )}
    </Card>
  );
}

/** The sums of a period beside those of the one before. */
export function UsageStats({ usage, before }: { usage?: UsageResponse; before?: UsageResponse }) {
  const { t } = useTranslation("operator");
  const format = useFormat();
  const now = usage?.totals;
  const then = before?.totals;
  const isLoading = now === undefined;
  const tokens = now ? now.input_tokens + now.output_tokens : null;
  return (
    <div className={classes.stats}>
      <StatCard
        label={t("usage.metrics.requests")}
        value={format.compact(now?.requests)}
        delta={changeOf(now?.requests, then?.requests)}
        isLoading={isLoading}
      />
      <StatCard
        label={t("usage.metrics.charge")}
        value={format.money(now?.charge_nanos)}
        delta={changeOf(now?.charge_nanos, then?.charge_nanos)}
        isLoading={isLoading}
      />
      <StatCard
        label={t("usage.metrics.tokens")}
        value={format.compact(tokens)}
        detail={t("usage.inOut", {
          input: format.compact(now?.input_tokens),
          output: format.compact(now?.output_tokens),
        })}
        delta={changeOf(tokens, then ? then.input_tokens + then.output_tokens : null)}
        isLoading={isLoading}
      />
      <StatCard
        label={t("usage.failureShare")}
        value={format.percent(now ? failureShare(now) : null)}
        detail={t("usage.failedRefused", {
          failed: format.compact(now?.errors),
          refused: format.compact(now?.refused),
        })}
        delta={changeOf(now ? failureShare(now) : null, then ? failureShare(then) : null)}
        goodDirection="down"
        isLoading={isLoading}
      />
      <StatCard
        label={t("usage.metrics.duration")}
        value={format.duration(now?.duration_ms_avg)}
        detail={t("usage.firstToken", { time: format.duration(now?.first_token_ms_avg) })}
        delta={changeOf(now?.duration_ms_avg, then?.duration_ms_avg)}
        goodDirection="down"
        isLoading={isLoading}
      />
    </div>
  );
}
