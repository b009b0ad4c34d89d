import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { accountsQuery } from "@/features/accounts/queries";
import { operatorModelsQuery } from "@/features/models/queries";
import { TopGroups } from "./top-groups";
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
      <TopGroups audience="operator" groupBy="account" title={t("topAccounts")} />
    </UsageView>
  );
}
