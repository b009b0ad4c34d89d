import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import { allApiKeysQuery } from "@/features/api-keys/queries";
import { useModels } from "@/features/models/queries";
import { useNames } from "@/hooks/use-names";
import { OPERATIONS } from "@/lib/operations";
import { TopGroups } from "./top-groups";
import { UsageView } from "./usage-view";
import { useCommonFilters } from "./use-filters";

export function UsagePage() {
  const { t } = useTranslation("usage");
  const account = useAccount();
  const keys = useQuery(allApiKeysQuery(account.id));
  const models = useModels(account.id);
  const common = useCommonFilters();
  const operationName = useNames("operation");
  return (
    <UsageView
      audience={{ accountId: account.id }}
      description={t("description")}
      filters={[
        common.model((models.data ?? []).map(({ id }) => id)),
        {
          name: "api_key_id",
          label: t("group.api_key"),
          options: (keys.data ?? []).map(({ id, name }) => ({ value: id, label: name || id })),
          isSearchable: true,
          width: 180,
        },
        common.environment,
        common.status,
        {
          name: "endpoint",
          label: t("group.endpoint"),
          options: OPERATIONS.map((name) => ({ value: name, label: operationName(name) })),
          width: 150,
        },
      ]}
    >
      <TopGroups audience={{ accountId: account.id }} groupBy="api_key" title={t("topKeys")} />
    </UsageView>
  );
}
