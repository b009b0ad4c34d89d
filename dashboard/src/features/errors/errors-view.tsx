import { Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Audience } from "@/api/audience";
import type { ErrorGroupResponse } from "@/api/types";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { FilterBar } from "@/components/filter-bar";
import { PageHeader } from "@/components/page-header";
import { PagePending } from "@/components/page-pending";
import { RangePicker } from "@/components/range-picker";
import { SearchField } from "@/components/search-field";
import { useFormat } from "@/hooks/use-format";
import { useRange } from "@/hooks/use-range";
import { useSearchState } from "@/hooks/use-search-state";
import { ErrorGroup } from "./error-group";
import classes from "./errors.module.css";
import { errorsQuery } from "./queries";

const NO_GROUPS: ErrorGroupResponse[] = [];

/** Why requests failed or were refused: in groups, with one of each and what to do. */
export function ErrorsView({ audience }: { audience: Audience }) {
  const { t } = useTranslation("errors");
  const format = useFormat();
  const range = useRange("24h");
  const [search] = useSearchState();
  const errors = useQuery({
    ...errorsQuery(audience, {
      from: range.from,
      to: range.to,
      account_id: audience === "operator" ? search.account_id : undefined,
    }),
    placeholderData: keepPreviousData,
  });
  const groups = errors.data ?? NO_GROUPS;
  const { error: code, model } = search;
  const shown = useMemo(
    () =>
      groups.filter(
        (group) =>
          (code === undefined || group.error_code === code) && (model === undefined || group.model === model),
      ),
    [groups, code, model],
  );
  const choices = (values: string[]) => [...new Set(values)].map((value) => ({ value, label: value }));
  const total = shown.reduce((sum, group) => sum + group.requests, 0);
  return (
    <>
      <PageHeader
        title={t("title")}
        description={audience === "operator" ? t("operatorDescription") : t("description")}
        actions={<RangePicker fallback="24h" />}
      />
      <FilterBar
        filters={[
          {
            name: "error",
            label: t("filters.code"),
            width: 220,
            options: choices(groups.map((group) => group.error_code)),
          },
          {
            name: "model",
            label: t("filters.model"),
            isSearchable: true,
            width: 200,
            options: choices(groups.map((group) => group.model).filter(Boolean)),
          },
        ]}
      >
        {audience === "operator" ? <SearchField name="account_id" label={t("filters.account")} /> : null}
      </FilterBar>
      {errors.isPending ? (
        <PagePending />
      ) : errors.error && !errors.data ? (
        <ErrorState error={errors.error} onRetry={() => void errors.refetch()} />
      ) : shown.length === 0 ? (
        <EmptyState icon={CircleCheck} title={t("empty")} text={t("emptyText")} />
      ) : (
        <>
          <Text size="sm" c="dimmed" mb="sm">
            {t("count", {
              count: shown.length,
              requests: t("requests", { count: total, formatted: format.number(total) }),
            })}
          </Text>
          <ul className={classes.groups}>
            {shown.map((group) => (
              <ErrorGroup
                key={[group.error_code, group.model, group.api_key_id, group.provider].join("\n")}
                group={group}
                audience={audience}
              />
            ))}
          </ul>
        </>
      )}
    </>
  );
}
