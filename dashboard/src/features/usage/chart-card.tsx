import { Card, Skeleton, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { UsageResponse } from "@/api/types";
import classes from "./shared/chart-card.module.css";
import { hasUse, type Metric } from "./shared/sums";
import { UsageChart } from "./shared/usage-chart";

interface ChartCardProps {
  title: string;
  usage: UsageResponse | undefined;
  metric: Metric;
  isStale?: boolean;
}

const HEIGHT = 190;

/** One metric over time, split into what it is made of. */
export function ChartCard({ title, usage, metric, isStale }: ChartCardProps) {
  const { t } = useTranslation("usage");
  return (
    <Card p={0}>
      <div className={classes.body} data-stale={isStale || undefined}>
        <Title order={2} size="h3" mb="sm">
          {title}
        </Title>
        {usage === undefined ? (
          <Skeleton height={HEIGHT} radius="md" />
        ) : hasUse(usage.totals) ? (
          <UsageChart usage={usage} metric={metric} height={HEIGHT} />
        ) : (
          <Text size="sm" c="dimmed" py="xl" ta="center">
            {t("empty.title")}
          </Text>
        )}
      </div>
    </Card>
  );
}
