import { Group, Text, UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Layers } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Audience } from "@/api/audience";
import type { UsageGroup, UsageGroupBy, UsageResponse } from "@/api/types";
import { type Column, DataTable } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { AnchorLink } from "@/components/links/anchor-link";
import { Delta } from "@/components/stat-card";
import { useFormat } from "@/hooks/use-format";
import { useSearchState } from "@/hooks/use-search-state";
import classes from "./group-table.module.css";
import { useGroupLabel } from "./shared/labels";
import { changeIn, goodDirection } from "./shared/metric-tabs";
import { failedShare, type Metric, metricValue, OTHER } from "./shared/sums";
import { DEFAULT_GROUP, filterName, UNGROUPED } from "./shared/view";

interface GroupTableProps {
  audience: Audience;
  groupBy: UsageGroupBy;
  metric: Metric;
  usage: UsageResponse | undefined;
  isStale: boolean;
  previous: UsageResponse | undefined;
}

/** The groups with their figures and their share of the chosen metric. */
export function GroupTable({ audience, groupBy, metric, usage, isStale, previous }: GroupTableProps) {
  const { t } = useTranslation("usage");
  const format = useFormat();
  const label = useGroupLabel(groupBy);
  // Latency has no shares: averages do not add up.
  const shared = metric === "latency" ? "requests" : metric;

  const columns = useMemo((): Column<UsageGroup>[] => {
    const whole = usage ? (metricValue(usage.totals, shared) ?? 0) : 0;
    const before = new Map(previous?.groups.map((group) => [group.key, group.totals]));
    const share = (group: UsageGroup) => (whole > 0 ? (metricValue(group.totals, shared) ?? 0) / whole : 0);
    const figure = (
      id: string,
      header: string,
      value: (group: UsageGroup) => number | null,
      write: (value: number | null) => string,
    ): Column<UsageGroup> => ({
      id,
      header,
      align: "end",
      sortBy: (group) => value(group) ?? -1,
      cell: (group) => <span className={classes.figure}>{write(value(group))}</span>,
    });
    return [
      {
        id: "group",
        header: t(`group.${groupBy}`),
        isTitle: true,
        sortBy: label,
        cell: (group) => (
          <GroupName group={group} groupBy={groupBy} label={label(group)} audience={audience} />
        ),
      },
      {
        id: "share",
        header: t("share", { metric: t(`metric.${shared}`) }),
        width: 170,
        sortBy: share,
        cell: (group) => (
          <span className={classes.share}>
            <span className={classes.track} aria-hidden>
              <span className={classes.bar} style={{ width: `${Math.min(100, share(group) * 100)}%` }} />
            </span>
            <span className={classes.percent}>{format.percent(share(group))}</span>
          </span>
        ),
      },
      figure(
        "requests",
        t("metric.requests"),
        ({ totals }) => metricValue(totals, "requests"),
        format.number,
      ),
      figure("tokens", t("metric.tokens"), ({ totals }) => metricValue(totals, "tokens"), format.compact),
      figure("spend", t("metric.spend"), ({ totals }) => totals.charge_nanos, format.money),
      figure("errors", t("metric.errors"), ({ totals }) => failedShare(totals), format.percent),
      figure("latency", t("metric.latency"), ({ totals }) => totals.duration_ms_avg, format.duration),
      figure("p95", t("latency.p95"), ({ totals }) => totals.duration_ms_p95, format.duration),
      ...(previous
        ? [
            {
              id: "change",
              header: t("change"),
              align: "end" as const,
              cell: (group: UsageGroup) => {
                const earlier = before.get(group.key);
                if (!earlier)
                  return (
                    <Text span size="xs" c="dimmed">
                      {t("isNew")}
                    </Text>
                  );
                return (
                  <Delta
                    delta={changeIn(metric, group.totals, earlier)}
                    goodDirection={goodDirection(metric)}
                  />
                );
              },
            },
          ]
        : []),
    ];
  }, [usage, previous, groupBy, metric, shared, label, audience, format, t]);

  return (
    <DataTable
      // Other groups are another table: an old order would name a column that means something else.
      key={groupBy}
      label={t("tableLabel", { group: t(`group.${groupBy}`) })}
      columns={columns}
      source={{ rows: usage?.groups, error: null, isStale, refetch: () => undefined }}
      rowKey={(group) => group.key}
      empty={<EmptyState icon={Layers} title={t("empty.title")} text={t("empty.groups")} />}
    />
  );
}

function GroupName({
  group,
  groupBy,
  label,
  audience,
}: {
  group: UsageGroup;
  groupBy: UsageGroupBy;
  label: string;
  audience: Audience;
}) {
  const { t } = useTranslation("usage");
  const [search, setSearch] = useSearchState();
  const filter = filterName(groupBy);
  const name = <span className="yx-untrusted">{label}</span>;
  if (groupBy === "account" && isAccountId(group.key)) {
    return (
      <Link to="/operator/accounts/$id" params={{ id: group.key }} className={classes.name}>
        {name}
      </Link>
    );
  }
  if (group.key === OTHER || group.key === "" || filter === null || search[filter] === group.key) return name;
  // Shown alone, a group is worth splitting by something else.
  const next: UsageGroupBy = groupBy === "model" ? "api_key" : DEFAULT_GROUP;
  return (
    <Group gap={8} wrap="nowrap">
      <UnstyledButton
        className={classes.name}
        title={t("showOnly", { name: label })}
        onClick={() =>
          void setSearch({
            [filter]: group.key,
            group: next === DEFAULT_GROUP ? undefined : search.group === UNGROUPED ? UNGROUPED : next,
          })
        }
      >
        {name}
      </UnstyledButton>
      {groupBy === "api_key" && audience !== "operator" ? (
        <AnchorLink
          to="/a/$accountId/api-keys/$apiKeyId"
          params={{ accountId: audience.accountId, apiKeyId: group.key }}
          size="xs"
          className={classes.figure}
        >
          {t("openKey")}
        </AnchorLink>
      ) : null}
    </Group>
  );
}

/** Groups that are no account are the nameless and the rest. */
function isAccountId(key: string): boolean {
  return key.startsWith("acct_");
}
