import { useTranslation } from "react-i18next";
import type { Filter } from "@/components/filter-bar";

/** The filters that accounts and operators have alike. */
export function useCommonFilters(): {
  model: (ids: string[]) => Filter;
  environment: Filter;
  status: Filter;
} {
  const { t } = useTranslation(["usage", "common"]);
  return {
    model: (ids) => ({
      name: "model",
      label: t("group.model"),
      options: ids.map((id) => ({ value: id, label: id })),
      isSearchable: true,
      width: 190,
    }),
    environment: {
      name: "environment",
      label: t("group.environment"),
      options: (["live", "test"] as const).map((value) => ({
        value,
        label: t(`common:environment.${value}`),
      })),
      width: 150,
    },
    status: {
      name: "status",
      label: t("group.status"),
      options: (["ok", "error", "refused"] as const).map((value) => ({
        value,
        label: t(`common:status.${value}`),
      })),
      width: 150,
    },
  };
}
