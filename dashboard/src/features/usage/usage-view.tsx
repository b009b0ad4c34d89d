import { Button, Card, SimpleGrid, Stack } from "@mantine/core";
import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Audience } from "@/api/audience";
import { ErrorState } from "@/components/error-state";
import { type Filter, FilterBar } from "@/components/filter-bar";
import { PageHeader } from "@/components/page-header";
import { QuickRanges, RangePicker } from "@/components/range-picker";
import { useRange } from "@/hooks/use-range";
import { useSearchState } from "@/hooks/use-search-state";
import { ChartCard } from "./chart-card";
import { GroupTable } from "./group-table";
import { MainChart } from "./main-chart";
import { usageCsvUrl, usePreviousUsage, useUsage } from "./queries";
import { hasUse, type Metric } from "./shared/sums";
import { groupsOf, readView } from "./shared/view";

const SIDE_METRICS: Metric[] = ["tokens", "latency", "spend"];

interface UsageViewProps {
  audience: Audience;
  description: string;
  filters: Filter[];
  /** Below the charts. */
  children?: ReactNode;
}

/** The use of an account, or of all: the figures, over time and by group. */
export function UsageView({ audience, description, filters, children }: UsageViewProps) {
  const { t } = useTranslation("usage");
  const range = useRange("7d");
  const [search] = useSearchState();
  const view = readView(search, audience);
  const usage = useUsage(audience, range, view.groupBy, view.filter);
  const previous = usePreviousUsage(audience, range, view.groupBy, view.filter);
  const isEmpty = usage.data !== undefined && !hasUse(usage.data.totals);
  // What the large chart shows already is not shown twice.
  const beside = SIDE_METRICS.filter((metric) => view.groupBy || metric !== view.metric).slice(0, 2);

  return (
    <>
      <PageHeader
        title={t("title")}
        description={description}
        actions={
          <>
            <Button
              component="a"
              href={usageCsvUrl(audience, range, view.groupBy, view.filter)}
              download
              variant="default"
              leftSection={<Download size={15} />}
            >
              {t("csv")}
            </Button>
            <QuickRanges />
            <RangePicker fallback="7d" />
          </>
        }
      />
      <FilterBar filters={filters} />
      {usage.error && !usage.data ? (
        <Card p={0}>
          <ErrorState error={usage.error} onRetry={() => void usage.refetch()} />
        </Card>
      ) : (
        <Stack gap="md">
          <MainChart
            view={view}
            groups={groupsOf(audience)}
            usage={usage.data}
            previous={previous.data}
            isStale={usage.isPlaceholderData}
            accountId={audience === "operator" ? undefined : audience.accountId}
          />
          {isEmpty ? null : (
            <>
              {view.groupBy ? (
                <GroupTable
                  audience={audience}
                  groupBy={view.groupBy}
                  metric={view.metric}
                  usage={usage.data}
                  isStale={usage.isPlaceholderData}
                  previous={view.isCompared ? previous.data : undefined}
                />
              ) : null}
              <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
                {beside.map((metric) => (
                  <ChartCard
                    key={metric}
                    title={t(`chartTitle.${metric}`)}
                    usage={usage.data}
                    metric={metric}
                    isStale={usage.isPlaceholderData}
                  />
                ))}
              </SimpleGrid>
            </>
          )}
          {children}
        </Stack>
      )}
    </>
  );
}
