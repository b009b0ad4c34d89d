import { Card, Group, SegmentedControl, Select, Skeleton, Switch } from "@mantine/core";
import { BarChart3 } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { UsageGroupBy, UsageResponse } from "@/api/types";
import { EmptyState } from "@/components/empty-state";
import { useSearchState } from "@/hooks/use-search-state";
import classes from "./shared/chart-card.module.css";
import { MetricTabs } from "./shared/metric-tabs";
import { hasUse } from "./shared/sums";
import { UsageChart } from "./shared/usage-chart";
import { DEFAULT_GROUP, KINDS, UNGROUPED, type UsageView } from "./shared/view";

const HEIGHT = 320;

interface MainChartProps {
  view: UsageView;
  groups: readonly UsageGroupBy[];
  usage: UsageResponse | undefined;
  previous: UsageResponse | undefined;
  isStale: boolean;
  /** The account whose requests a step leads to. */
  accountId?: string;
}

/** The figures of the period, and the chosen one over time with its controls. */
export function MainChart({ view, groups, usage, previous, isStale, accountId }: MainChartProps) {
  const { t } = useTranslation("usage");
  const [, setSearch] = useSearchState();
  const id = useId();
  const isLatency = view.metric === "latency";
  return (
    <Card p={0}>
      <MetricTabs
        chosen={view.metric}
        onChoose={(metric) => void setSearch({ metric: metric === "requests" ? undefined : metric })}
        totals={usage?.totals}
        previous={previous?.totals}
        controls={id}
      />
      <div className={classes.body} id={id} data-stale={isStale || undefined}>
        <Group justify="space-between" gap="sm" mb="md">
          <Group gap="xs">
            <Select
              aria-label={t("groupBy")}
              size="xs"
              w={176}
              allowDeselect={false}
              value={view.groupBy ?? UNGROUPED}
              data={[
                { value: UNGROUPED, label: t("group.none") },
                ...groups.map((group) => ({
                  value: group,
                  label: t("groupedBy", { group: t(`group.${group}`) }),
                })),
              ]}
              onChange={(group) =>
                void setSearch({ group: group === DEFAULT_GROUP ? undefined : (group ?? undefined) })
              }
            />
            {isLatency || view.isCompared ? null : (
              <SegmentedControl
                aria-label={t("kindLabel")}
                size="xs"
                value={view.kind}
                data={KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
                onChange={(kind) => void setSearch({ kind: kind === "bars" ? undefined : kind })}
              />
            )}
          </Group>
          <Switch
            size="sm"
            label={t("compare")}
            checked={view.isCompared}
            onChange={(event) => void setSearch({ compare: event.currentTarget.checked ? "1" : undefined })}
          />
        </Group>
        {usage === undefined ? (
          <Skeleton height={HEIGHT} radius="md" />
        ) : hasUse(usage.totals) ? (
          <UsageChart
            usage={usage}
            metric={view.metric}
            groupBy={view.groupBy}
            kind={view.isCompared ? "area" : view.kind}
            previous={view.isCompared ? previous : undefined}
            height={HEIGHT}
            accountId={accountId}
          />
        ) : (
          <EmptyState icon={BarChart3} title={t("empty.title")} text={t("empty.text")} />
        )}
      </div>
    </Card>
  );
}
