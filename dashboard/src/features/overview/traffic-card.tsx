import { Card, Group, SegmentedControl, Skeleton, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { UseQueryResult } from "@tanstack/react-query";
import { BarChart3 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { UsageResponse } from "@/api/types";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { AnchorLink } from "@/components/links/anchor-link";
import { hasUse, METRICS } from "@/features/usage/shared/sums";
import { UsageChart } from "@/features/usage/shared/usage-chart";
import { readMetric } from "@/features/usage/shared/view";
import { useSearchState } from "@/hooks/use-search-state";
import classes from "./overview.module.css";

const HEIGHT = 395;
const HEIGHT_NARROW = 250;

/** The period over time, one figure at a time. */
export function TrafficCard({
  accountId,
  usage,
}: {
  accountId: string;
  usage: UseQueryResult<UsageResponse>;
}) {
  const { t } = useTranslation("overview");
  const [search, setSearch] = useSearchState();
  const metric = readMetric(search);
  const height = useMediaQuery("(max-width: 48em)") ? HEIGHT_NARROW : HEIGHT;
  return (
    <Card padding="md" h="100%">
      <Group justify="space-between" mb="md" gap="xs">
        <Title order={2} size="h3">
          {t("chart.title")}
        </Title>
        <AnchorLink
          to="/a/$accountId/usage"
          params={{ accountId }}
          search={{ range: search.range, from: search.from, to: search.to }}
          size="sm"
        >
          {t("chart.more")}
        </AnchorLink>
      </Group>
      <div className={classes.choice}>
        <SegmentedControl
          aria-label={t("chart.label")}
          size="xs"
          value={metric}
          data={METRICS.map((value) => ({ value, label: t(`chart.${value}`) }))}
          onChange={(value) => void setSearch({ metric: value === "requests" ? undefined : value })}
        />
      </div>
      <div className={classes.chart} data-stale={usage.isPlaceholderData || undefined}>
        {usage.data === undefined ? (
          usage.error ? (
            <ErrorState error={usage.error} onRetry={() => void usage.refetch()} />
          ) : (
            <Skeleton height={height} radius="md" />
          )
        ) : hasUse(usage.data.totals) ? (
          <UsageChart usage={usage.data} metric={metric} height={height} accountId={accountId} />
        ) : (
          <EmptyState icon={BarChart3} title={t("chart.empty")} text={t("chart.emptyText")} />
        )}
      </div>
    </Card>
  );
}
