import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { UsageSums } from "@/api/types";
import { changeOf, Delta } from "@/components/stat-card";
import { useFormat } from "@/hooks/use-format";
import { useMetricFormat } from "./labels";
import classes from "./metric-tabs.module.css";
import { failedShare, hasUse, METRICS, type Metric, metricValue } from "./sums";

interface MetricTabsProps {
  chosen: Metric;
  onChoose: (metric: Metric) => void;
  totals: UsageSums | undefined;
  previous: UsageSums | undefined;
  /** The id of what the choice changes. */
  controls: string;
}

/** The figures of a period, each of them the switch that shows it over time. */
export function MetricTabs({ chosen, onChoose, totals, previous, controls }: MetricTabsProps) {
  const { t } = useTranslation("usage");
  const figure = useFigure();
  return (
    <div className={classes.frame}>
      <fieldset className={classes.tabs}>
        <legend className="yx-visually-hidden">{t("metricLabel")}</legend>
        {METRICS.map((metric) => {
          const shown = totals ? figure(metric, totals) : null;
          return (
            <button
              key={metric}
              type="button"
              className={classes.tab}
              aria-pressed={metric === chosen}
              aria-controls={controls}
              onClick={() => onChoose(metric)}
            >
              <span className={classes.label}>
                {t(`metric.${metric}`)}
                {previous ? (
                  <Delta delta={changeIn(metric, totals, previous)} goodDirection={goodDirection(metric)} />
                ) : null}
              </span>
              {shown ? (
                <>
                  <span className={classes.value}>{shown.value}</span>
                  <span className={classes.detail}>{shown.detail}</span>
                </>
              ) : (
                <>
                  <Skeleton height={22} width="55%" my={4} component="span" display="block" />
                  <Skeleton height={11} width="75%" my={3} component="span" display="block" />
                </>
              )}
            </button>
          );
        })}
      </fieldset>
    </div>
  );
}

/** The change against the period before; of errors, of their share. */
export function changeIn(metric: Metric, totals?: UsageSums, previous?: UsageSums): number | null {
  if (!totals || !previous) return null;
  if (metric === "errors") return changeOf(failedShare(totals), failedShare(previous));
  return changeOf(metricValue(totals, metric), metricValue(previous, metric));
}

/** More requests are neither good nor bad; more errors and longer waits are bad. */
export function goodDirection(metric: Metric): "down" | undefined {
  return metric === "errors" || metric === "latency" ? "down" : undefined;
}

/** A metric's one figure with the line below it. */
export function useFigure() {
  const { t } = useTranslation("usage");
  const format = useFormat();
  const formatOf = useMetricFormat();
  return (metric: Metric, sums: UsageSums): { value: string; exact?: string; detail: string } => {
    switch (metric) {
      case "requests":
        return {
          value: formatOf(metric)(metricValue(sums, metric)),
          detail: t("detail.requests", { refused: format.compact(sums.refused) }),
        };
      case "tokens":
        return {
          value: format.compact(metricValue(sums, metric)),
          detail: t("detail.tokens", {
            input: format.compact(sums.input_tokens),
            output: format.compact(sums.output_tokens),
          }),
        };
      case "spend": {
        return {
          value: format.headlineMoney(sums.charge_nanos),
          exact: format.exactMoney(sums.charge_nanos),
          detail:
            sums.requests > 0
              ? t("detail.spend", { each: format.money(Math.round(sums.charge_nanos / sums.requests)) })
              : "",
        };
      }
      case "errors":
        return {
          value: format.percent(failedShare(sums)),
          detail: hasUse(sums)
            ? t("detail.errors", {
                failed: format.compact(sums.errors),
                refused: format.compact(sums.refused),
              })
            : "",
        };
      case "latency":
        return {
          value: format.duration(sums.duration_ms_avg),
          detail:
            sums.requests === 0
              ? ""
              : t(sums.first_token_ms_avg === null ? "detail.latency" : "detail.latencyOfStreams", {
                  p50: format.duration(sums.duration_ms_p50),
                  p95: format.duration(sums.duration_ms_p95),
                  first: format.duration(sums.first_token_ms_avg),
                }),
        };
    }
  };
}
