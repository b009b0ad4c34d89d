import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { UsageResponse } from "@/api/types";
import { StatCard } from "@/components/stat-card";
import { changeIn, goodDirection, useFigure } from "@/features/usage/shared/metric-tabs";
import { METRICS, stepsOfUsage, trendOf } from "@/features/usage/shared/sums";
import { TrendLine } from "@/features/usage/shared/trend-line";
import classes from "./overview.module.css";

interface StatCardsProps {
  usage: UsageResponse | undefined;
  previous: UsageResponse | undefined;
}

/** The period in five figures, each with its course and its change against the period before. */
export function StatCards({ usage, previous }: StatCardsProps) {
  const { t } = useTranslation("usage");
  const figure = useFigure();
  const totals = useMemo(() => (usage ? stepsOfUsage(usage).totals : []), [usage]);
  return (
    <div className={classes.stats}>
      {METRICS.map((metric) => {
        const shown = usage ? figure(metric, usage.totals) : null;
        return (
          <StatCard
            key={metric}
            label={t(`metric.${metric}`)}
            value={shown?.value}
            exact={shown?.exact}
            detail={shown?.detail}
            delta={previous ? changeIn(metric, usage?.totals, previous.totals) : undefined}
            goodDirection={goodDirection(metric)}
            isLoading={shown === null}
            chart={
              shown ? (
                <TrendLine values={trendOf(totals, metric)} tone={metric === "errors" ? "bad" : "normal"} />
              ) : null
            }
          />
        );
      })}
    </div>
  );
}
