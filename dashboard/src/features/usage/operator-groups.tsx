import { Card, Skeleton, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { UsageGroup, UsageResponse } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import classes from "@/components/operator.module.css";
import { useFormat } from "@/hooks/use-format";
import { useSearchState } from "@/hooks/use-search-state";
import { isSum, metricOf, readMetric, type UsageMetric } from "./operator-series";
import { useGroupLabel, useMetricFormat } from "./operator-view";

interface UsageGroupsProps {
  title: string;
  query: { data: UsageResponse | undefined; error: unknown; refetch: () => unknown };
  /** The groups are accounts: each leads to its page. */
  isAccounts: boolean;
  max: number;
}

/** The groups of a usage answer, largest first, each with a bar of its part. */
export function UsageGroups({ title, query, isAccounts, max }: UsageGroupsProps) {
  const { t } = useTranslation("operator");
  const [search] = useSearchState();
  const metric = readMetric(search.metric);
  const groups = query.data ? largestFirst(query.data.groups, metric) : undefined;
  return (
    <Card padding="md" component="section" aria-label={title}>
      <h2 className={classes.heading} style={{ marginBottom: 10 }}>
        {title}
      </h2>
      {groups === undefined ? (
        query.error ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Skeleton height={180} radius="md" />
        )
      ) : groups.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("usage.empty")}
        </Text>
      ) : (
        <GroupTable groups={groups.slice(0, max)} metric={metric} isAccounts={isAccounts} />
      )}
      {groups && groups.length > max ? (
        <Text size="xs" c="dimmed" mt="sm">
          {t("usage.more", { shown: max, all: groups.length })}
        </Text>
      ) : null}
    </Card>
  );
}

function largestFirst(groups: UsageGroup[], metric: UsageMetric): UsageGroup[] {
  return [...groups].sort(
    (left, right) => (metricOf(metric, right.totals) ?? 0) - (metricOf(metric, left.totals) ?? 0),
  );
}

interface GroupTableProps {
  groups: UsageGroup[];
  metric: UsageMetric;
  isAccounts: boolean;
}

function GroupTable({ groups, metric, isAccounts }: GroupTableProps) {
  const { t } = useTranslation("operator");
  const format = useFormat();
  const formatValue = useMetricFormat(metric);
  const labelOf = useGroupLabel();
  const largest = Math.max(1, ...groups.map((group) => metricOf(metric, group.totals) ?? 0));
  return (
    <div className={classes.scrollX}>
      <table className={classes.bars}>
        <thead className="yx-visually-hidden">
          <tr>
            <th scope="col">{t("account.title")}</th>
            <th scope="col">{t(`usage.metrics.${metric}`)}</th>
            <th scope="col">{t("usage.metrics.charge")}</th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => {
            const value = metricOf(metric, group.totals);
            const label = labelOf(group.key, group.label);
            return (
              <tr key={group.key}>
                <th scope="row">
                  <span
                    className={classes.bar}
                    style={{ width: `${((value ?? 0) / largest) * 100}%` }}
                    aria-hidden
                  />
                  {isAccounts && group.key.startsWith("acct_") ? (
                    <Link
                      to="/operator/accounts/$id"
                      params={{ id: group.key }}
                      className={`${classes.barLabel} ${classes.strong} yx-untrusted`}
                    >
                      {label}
                    </Link>
                  ) : (
                    <span className={`${classes.barLabel} yx-untrusted`}>{label}</span>
                  )}
                </th>
                <td>{formatValue(value)}</td>
                {metric === "charge" || !isSum(metric) ? null : (
                  <td className={classes.before}>{format.money(group.totals.charge_nanos)}</td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
