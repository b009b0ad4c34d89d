import { Title } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { accountsQuery } from "@/features/accounts/queries";
import { operatorModelsQuery } from "@/features/models/queries";
import { useRange } from "@/hooks/use-range";
import { useSearchState } from "@/hooks/use-search-state";
import { GroupTable } from "./group-table";
import { useUsage } from "./queries";
import { readView } from "./shared/view";
import { UsageView } from "./usage-view";
import { useCommonFilters } from "./use-filters";

export function OperatorUsagePage() {
  const { t } = useTranslation("usage");
  const models = useQuery(operatorModelsQuery).data ?? [];
  const accounts = useInfiniteQuery(accountsQuery({})).data?.pages.flatMap((page) => page.data) ?? [];
  const common = useCommonFilters();
  return (
    <UsageView
      audience="operator"
      description={t("operatorDescription")}
      filters={[
        {
          name: "account_id",
          label: t("group.account"),
          options: accounts.map((account) => ({ value: account.id, label: account.name || account.email })),
          isSearchable: true,
          width: 190,
        },
        common.model(models.map(({ id }) => id)),
        common.environment,
        common.status,
      ]}
    >
      <TopAccounts />
    </UsageView>
  );
}

const ACCOUNTS_SHOWN = 10;

/** The accounts that used most, where the page does not tell by account already. */
function TopAccounts() {
  const { t } = useTranslation("usage");
  const id = useId();
  const range = useRange("7d");
  const [search] = useSearchState();
  const { groupBy, metric, filter } = readView(search, "operator");
  const isShown = groupBy !== "account";
  const usage = useUsage("operator", range, "account", filter, isShown);
  if (!isShown) return null;
  return (
    <section aria-labelledby={id}>
      <Title order={2} size="h3" id={id} mb="sm">
        {t("topAccounts")}
      </Title>
      <GroupTable
        audience="operator"
        groupBy="account"
        metric={metric}
        usage={usage.data && { ...usage.data, groups: usage.data.groups.slice(0, ACCOUNTS_SHOWN) }}
        isStale={usage.isPlaceholderData}
        previous={undefined}
      />
    </section>
  );
}
