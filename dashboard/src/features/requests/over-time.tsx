import { Skeleton } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { refreshEvery } from "@/api/refresh";
import type { RequestsQuery } from "@/api/types";
import { TimeSeriesChart } from "@/components/time-series-chart";
import { useFormat } from "@/hooks/use-format";
import { useSearchState } from "@/hooks/use-search-state";
import { stepRange, stepsOf, type TimeRange } from "@/lib/range";
import { OUTCOMES } from "./filters";
import { requestsOverTimeQuery } from "./queries";
import classes from "./requests.module.css";

const HEIGHT_PX = 110;
const REFRESH_MS = 30_000;
const LIVE_REFRESH_MS = 5_000;
const COLORS = { ok: "var(--yx-series-1)", error: "var(--yx-bad)", refused: "var(--yx-warn)" } as const;

/** When it happened, above what happened. */
export function RequestsOverTime({
  accountId,
  query,
  range,
  isLive,
}: {
  accountId: string;
  query: RequestsQuery;
  range: TimeRange;
  /** New requests are followed in the log below. */
  isLive: boolean;
}) {
  const { t } = useTranslation("requests");
  const { t: common } = useTranslation();
  const [, setSearch] = useSearchState();
  const format = useFormat();
  const usage = useQuery({
    ...requestsOverTimeQuery(accountId, { ...query, step: range.step, group_by: "status" }),
    placeholderData: keepPreviousData,
    refetchInterval: refreshEvery(isLive ? LIVE_REFRESH_MS : REFRESH_MS),
  });
  const shown = usage.data;
  const plot = useMemo(() => {
    if (!shown || shown.totals.requests + shown.totals.refused === 0) return null;
    const times = stepsOf(shown);
    const counts = new Map(
      shown.series.map((point) => [
        `${point.key}@${Date.parse(point.at)}`,
        // A refused request counts as none that was served.
        point.requests + point.refused,
      ]),
    );
    const keys = OUTCOMES.filter((key) => shown.groups.some((group) => group.key === key));
    return {
      times,
      series: keys.map((key) => ({
        id: key,
        label: common(`status.${key}`),
        color: COLORS[key],
        values: times.map((at) => counts.get(`${key}@${at}`) ?? 0),
      })),
    };
  }, [shown, common]);

  if (usage.isError) return null;
  if (usage.isPending) return <Skeleton height={HEIGHT_PX + 50} radius="lg" mb="md" />;
  if (!shown || plot === null || plot.series.length === 0) return null;
  return (
    <div className={classes.chart}>
      <TimeSeriesChart
        label={t("overTime")}
        times={plot.times}
        series={plot.series}
        kind="bars"
        isStacked
        hasTotals
        onPick={(index) =>
          void setSearch({ ...stepRange(plot.times[index] ?? 0, shown.step), range: undefined })
        }
        height={HEIGHT_PX}
        formatValue={format.number}
      />
    </div>
  );
}
