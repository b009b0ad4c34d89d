import { Anchor, Card, Group, Skeleton, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { BarChart3 } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { RangePicker } from "@/components/range-picker";
import { usePreviousUsage, useUsage } from "@/features/usage/queries";
import chart from "@/features/usage/shared/chart-card.module.css";
import { MetricTabs } from "@/features/usage/shared/metric-tabs";
import { hasUse } from "@/features/usage/shared/sums";
import { UsageChart } from "@/features/usage/shared/usage-chart";
import { readView } from "@/features/usage/shared/view";
import { useRange } from "@/hooks/use-range";
import { useSearchState } from "@/hooks/use-search-state";

const HEIGHT = 240;

/** What this key did, over time. */
export function KeyUsage({ accountId, apiKeyId }: { accountId: string; apiKeyId: string }) {
  const { t } = useTranslation("api-keys");
  const range = useRange("7d");
  const [search, setSearch] = useSearchState();
  const { metric } = readView(search);
  const filter = { api_key_id: apiKeyId };
  const usage = useUsage(accountId, range, undefined, filter);
  const previous = usePreviousUsage(accountId, range, undefined, filter);
  const id = useId();
  return (
    <Card p={0}>
      <Group justify="space-between" px="md" py="sm" gap="xs">
        <Title order={2} size="h3">
          {t("usage")}
        </Title>
        <Group gap="md">
          <Anchor
            component={Link}
            to={`/a/${accountId}/usage`}
            search={{ api_key_id: apiKeyId } as never}
            size="sm"
          >
            {t("usageMore")}
          </Anchor>
          <RangePicker fallback="7d" />
        </Group>
      </Group>
      {usage.error && !usage.data ? (
        <ErrorState error={usage.error} onRetry={() => void usage.refetch()} />
      ) : (
        <>
          <div style={{ borderTop: "1px solid var(--yx-border)" }}>
            <MetricTabs
              chosen={metric}
              onChoose={(next) => void setSearch({ metric: next === "requests" ? undefined : next })}
              totals={usage.data?.totals}
              previous={previous.data?.totals}
              controls={id}
            />
          </div>
          <div id={id} className={chart.body} data-stale={usage.isPlaceholderData || undefined}>
            {usage.data === undefined ? (
              <Skeleton height={HEIGHT} radius="md" />
            ) : hasUse(usage.data.totals) ? (
              <UsageChart usage={usage.data} metric={metric} height={HEIGHT} />
            ) : (
              <EmptyState icon={BarChart3} title={t("usageEmpty")} text={t("usageEmptyText")} />
            )}
          </div>
        </>
      )}
    </Card>
  );
}
