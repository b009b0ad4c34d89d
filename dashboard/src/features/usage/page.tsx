import { Button, Card, SimpleGrid, Stack } from "@mantine/core";
import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import { ErrorState } from "@/components/error-state";
import { FilterBar } from "@/components/filter-bar";
import { PageHeader } from "@/components/page-header";
import { RangePicker } from "@/components/range-picker";
import { useModels } from "@/features/models/queries";
import { useRange } from "@/hooks/use-range";
import { useSearchState } from "@/hooks/use-search-state";
import { ChartCard } from "./chart-card";
import { GroupTable } from "./group-table";
import { MainChart } from "./main-chart";
import { usageCsvUrl, useAllApiKeys, usePreviousUsage, useUsage } from "./queries";
import { hasUse, type Metric } from "./shared/sums";
import { readView } from "./shared/view";

const SIDE_METRICS: Metric[] = ["tokens", "latency", "spend"];

export function UsagePage() {
  const { t } = useTranslation("usage");
  const account = useAccount();
  const range = useRange("7d");
  const [search] = useSearchState();
  const view = readView(search);
  const usage = useUsage(account.id, range, view.groupBy, view.filter);
  const previous = usePreviousUsage(account.id, range, view.groupBy, view.filter);
  const isEmpty = usage.data !== undefined && !hasUse(usage.data.totals);
  // What the large chart shows already is not shown twice.
  const beside = SIDE_METRICS.filter((metric) => view.groupBy || metric !== view.metric).slice(0, 2);

  return (
    <>
      <PageHeader
        title={t("title")}
        description={t("description")}
        actions={
          <>
            <Button
              component="a"
              href={usageCsvUrl(account.id, range, view.groupBy, view.filter)}
              download
              variant="default"
              leftSection={<Download size={15} />}
            >
              {t("csv")}
            </Button>
            <RangePicker fallback="7d" />
          </>
        }
      />
      <Filters accountId={account.id} />
      {usage.error && !usage.data ? (
        <Card p={0}>
          <ErrorState error={usage.error} onRetry={() => void usage.refetch()} />
        </Card>
      ) : (
        <Stack gap="md">
          <MainChart
            view={view}
            usage={usage.data}
            previous={previous.data}
            isStale={usage.isPlaceholderData}
          />
          {isEmpty ? null : (
            <>
              {view.groupBy ? (
                <GroupTable
                  accountId={account.id}
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
        </Stack>
      )}
    </>
  );
}

function Filters({ accountId }: { accountId: string }) {
  const { t } = useTranslation();
  const { t: ours } = useTranslation("usage");
  const keys = useAllApiKeys(accountId);
  const models = useModels(accountId);
  return (
    <FilterBar
      filters={[
        {
          name: "model",
          label: ours("group.model"),
          options: (models.data ?? []).map(({ id }) => ({ value: id, label: id })),
          isSearchable: true,
          width: 190,
        },
        {
          name: "api_key_id",
          label: ours("group.api_key"),
          options: (keys.data ?? []).map(({ id, name }) => ({ value: id, label: name || id })),
          isSearchable: true,
          width: 180,
        },
        {
          name: "environment",
          label: ours("group.environment"),
          options: (["live", "test"] as const).map((value) => ({ value, label: t(`environment.${value}`) })),
          width: 150,
        },
        {
          name: "status",
          label: ours("group.status"),
          options: (["ok", "error", "refused"] as const).map((value) => ({
            value,
            label: t(`status.${value}`),
          })),
          width: 150,
        },
        {
          name: "endpoint",
          label: ours("group.endpoint"),
          options: (["chat", "completions", "embeddings"] as const).map((value) => ({
            value,
            label: ours(`endpointName.${value}`),
          })),
          width: 150,
        },
      ]}
    />
  );
}
