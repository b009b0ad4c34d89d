import { Button, Card, Group, SegmentedControl } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";
import { apiUrl } from "@/api/client";
import { accountsQuery, modelsQuery, operatorUsageQuery } from "@/api/operator-queries";
import type { Environment, UsageGroupBy, UsageQuery } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { FilterBar } from "@/components/filter-bar";
import classes from "@/components/operator.module.css";
import { PageHeader } from "@/components/page-header";
import { RangePicker } from "@/components/range-picker";
import { useRange } from "@/hooks/use-range";
import { useSearchState } from "@/hooks/use-search-state";
import { previousRange } from "@/lib/range";
import { UsageGroups } from "./operator-groups";
import { UsageChart, UsageStats } from "./operator-view";

const GROUPS = ["model", "account", "provider", "status"] as const;

export function OperatorUsagePage() {
  const { t } = useTranslation("operator");
  const { t: common } = useTranslation();
  const [search, setSearch] = useSearchState();
  const range = useRange("7d");
  const groupBy: UsageGroupBy & (typeof GROUPS)[number] =
    GROUPS.find((group) => group === search.group) ?? "model";
  const filter = {
    account_id: search.account_id,
    model: search.model,
    environment: search.environment as Environment | undefined,
    status: search.status,
  };
  const asked: UsageQuery = {
    from: range.from,
    to: range.to,
    step: range.step,
    group_by: groupBy,
    ...filter,
  };
  const before = previousRange(range);
  const usage = useQuery(operatorUsageQuery(asked));
  const earlier = useQuery(
    operatorUsageQuery({ from: before.from, to: before.to, step: before.step, ...filter }),
  );
  const byAccount = useQuery(operatorUsageQuery({ ...asked, group_by: "account" }, groupBy !== "account"));
  const models = useQuery(modelsQuery).data ?? [];
  const accounts = useInfiniteQuery(accountsQuery({})).data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <>
      <PageHeader
        title={t("usage.title")}
        description={t("usage.description")}
        actions={
          <>
            <RangePicker fallback="7d" />
            <Button
              component="a"
              href={apiUrl("/admin/usage.csv", asked)}
              download
              variant="default"
              leftSection={<Download size={15} />}
            >
              {t("usage.csv")}
            </Button>
          </>
        }
      />
      <FilterBar
        filters={[
          {
            name: "account_id",
            label: t("usage.account"),
            options: accounts.map((account) => ({
              value: account.id,
              label: account.name || account.email,
            })),
            isSearchable: true,
            width: 190,
          },
          {
            name: "model",
            label: t("usage.model"),
            options: models.map((model) => ({ value: model.id, label: model.id })),
            isSearchable: true,
            width: 190,
          },
          {
            name: "environment",
            label: t("usage.environment"),
            options: (["live", "test"] as const).map((value) => ({
              value,
              label: common(`environment.${value}`),
            })),
            width: 130,
          },
          {
            name: "status",
            label: t("usage.status"),
            options: (["ok", "error", "refused"] as const).map((value) => ({
              value,
              label: common(`status.${value}`),
            })),
            width: 140,
          },
        ]}
      />
      {usage.error && !usage.data ? (
        <Card padding={0}>
          <ErrorState error={usage.error} onRetry={() => void usage.refetch()} />
        </Card>
      ) : (
        <>
          <UsageStats usage={usage.data} before={earlier.data} />
          <Group gap="sm" mb="sm">
            <span className={classes.sub} id="usage-group" style={{ display: "inline" }}>
              {t("usage.groupBy")}
            </span>
            <SegmentedControl
              size="xs"
              aria-labelledby="usage-group"
              value={groupBy}
              onChange={(value) =>
                void setSearch({ group: value === "model" ? undefined : value }, { replace: true })
              }
              data={GROUPS.map((value) => ({ value, label: t(`usage.groups.${value}`) }))}
            />
          </Group>
          <UsageChart query={usage} height={300} />
          <div className={classes.halves}>
            <UsageGroups
              title={t(`usage.groups.${groupBy}`)}
              query={usage}
              isAccounts={groupBy === "account"}
              max={20}
            />
            {groupBy === "account" ? null : (
              <UsageGroups title={t("usage.topAccounts")} query={byAccount} isAccounts max={10} />
            )}
          </div>
        </>
      )}
    </>
  );
}
