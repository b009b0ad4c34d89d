import { Card, Group, Skeleton, Title } from "@mantine/core";
import { BarChart3 } from "lucide-react";
import { type ReactNode, useId } from "react";
import type { Audience } from "@/api/audience";
import type { UsageGroupBy } from "@/api/types";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { RangePicker } from "@/components/range-picker";
import { useRange } from "@/hooks/use-range";
import { useSearchState } from "@/hooks/use-search-state";
import type { RangePreset } from "@/lib/range";
import { type UsageFilter, usePreviousUsage, useUsage } from "../queries";
import classes from "./chart-card.module.css";
import { MetricTabs } from "./metric-tabs";
import { hasUse } from "./sums";
import { UsageChart } from "./usage-chart";
import { readMetric } from "./view";

const HEIGHT = 240;

interface UsageCardProps {
  audience: Audience;
  /** Whose use it is, of what the audience sees. */
  filter: UsageFilter;
  groupBy?: UsageGroupBy;
  fallback: RangePreset;
  title: string;
  /** Beside the title: the way to more. */
  more?: ReactNode;
  empty: { title: string; text: string };
}

/** The use of one thing over time, on the page of that thing. */
export function UsageCard({ audience, filter, groupBy, fallback, title, more, empty }: UsageCardProps) {
  const range = useRange(fallback);
  const [search, setSearch] = useSearchState();
  const metric = readMetric(search);
  const usage = useUsage(audience, range, groupBy, filter);
  const previous = usePreviousUsage(audience, range, groupBy, filter);
  const id = useId();
  return (
    <Card p={0} component="section" aria-label={title}>
      <Group justify="space-between" px="md" py="sm" gap="xs">
        <Title order={2} size="h3">
          {title}
        </Title>
        <Group gap="md">
          {more}
          <RangePicker fallback={fallback} />
        </Group>
      </Group>
      {usage.error && !usage.data ? (
        <ErrorState error={usage.error} onRetry={() => void usage.refetch()} />
      ) : (
        <>
          <div className={classes.divided}>
            <MetricTabs
              chosen={metric}
              onChoose={(next) => void setSearch({ metric: next === "requests" ? undefined : next })}
              totals={usage.data?.totals}
              previous={previous.data?.totals}
              controls={id}
            />
          </div>
          <div id={id} className={classes.body} data-stale={usage.isPlaceholderData || undefined}>
            {usage.data === undefined ? (
              <Skeleton height={HEIGHT} radius="md" />
            ) : hasUse(usage.data.totals) ? (
              <UsageChart usage={usage.data} metric={metric} groupBy={groupBy} height={HEIGHT} />
            ) : (
              <EmptyState icon={BarChart3} title={empty.title} text={empty.text} />
            )}
          </div>
        </>
      )}
    </Card>
  );
}
