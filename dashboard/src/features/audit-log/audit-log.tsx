import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Download, ScrollText } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Audience } from "@/api/audience";
import type { AuditEntryResponse } from "@/api/types";
import { DataTable, pagedSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { type Filter, FilterBar } from "@/components/filter-bar";
import { RangePicker } from "@/components/range-picker";
import { useNames } from "@/hooks/use-names";
import { useRange } from "@/hooks/use-range";
import { useSearchState } from "@/hooks/use-search-state";
import { actionsOf, areasOf } from "./actions";
import { useAuditColumns } from "./columns";
import { AuditEntryDialog } from "./entry-dialog";
import { auditCsvUrl, auditLogQuery } from "./queries";

interface AuditLogProps {
  audience: Audience;
  /** What would be here, while nothing is. */
  emptyText: string;
  /** Beside the filter of actions. */
  filters?: Filter[];
  children?: ReactNode;
}

/** The changes in an account, or on the whole platform, each opened for its details. */
export function AuditLog({ audience, emptyText, filters = [], children }: AuditLogProps) {
  const { t } = useTranslation("audit-log");
  const [{ account_id, action, actor }, setSearch] = useSearchState();
  const range = useAuditRange();
  const chosen = audience === "operator" ? { account_id, action, actor } : { action, actor };
  const filter = { ...chosen, ...range };
  const log = useInfiniteQuery(auditLogQuery(audience, filter));
  const [shown, setShown] = useState<AuditEntryResponse | null>(null);
  const actionFilter = useActionFilter(audience);
  const columns = useAuditColumns(setShown);
  const isFiltered = Object.values(chosen).some((value) => value !== undefined) || range.from !== undefined;
  const clear = () =>
    void setSearch({
      account_id: undefined,
      action: undefined,
      actor: undefined,
      range: undefined,
      from: undefined,
      to: undefined,
    });
  return (
    <>
      <FilterBar filters={[actionFilter, ...filters]}>
        {children}
        <RangePicker fallback="all" />
        <Button
          component="a"
          href={auditCsvUrl(audience, filter)}
          download
          variant="default"
          leftSection={<Download size={15} />}
        >
          {t("export")}
        </Button>
      </FilterBar>
      <DataTable
        label={t("list")}
        columns={columns}
        source={pagedSource(log)}
        rowKey={(entry) => entry.id}
        onRowClick={setShown}
        empty={
          isFiltered ? (
            <EmptyState
              icon={ScrollText}
              title={t("emptyFiltered")}
              text={t("emptyFilteredText")}
              action={
                <Button variant="default" onClick={clear}>
                  {t("clear")}
                </Button>
              }
            />
          ) : (
            <EmptyState icon={ScrollText} title={t("empty")} text={emptyText} />
          )
        }
      />
      <AuditEntryDialog audience={audience} entry={shown} onClose={() => setShown(null)} />
    </>
  );
}

/** The times of the address; all of them unless told. */
function useAuditRange(): { from?: string; to?: string } {
  const [search] = useSearchState();
  const range = useRange("24h");
  const isChosen = search.range !== undefined || search.from !== undefined;
  return isChosen ? { from: range.from, to: range.to } : {};
}

/** Areas, each followed by its actions. */
function useActionFilter(audience: Audience): Filter {
  const { t } = useTranslation("audit-log");
  const actionName = useNames("action");
  return useMemo(
    () => ({
      name: "action",
      label: t("filterAction"),
      width: 220,
      isSearchable: true,
      options: areasOf(audience).flatMap((area) => [
        { value: area, label: `${t(`areas.${area}`)} · ${t("all")}` },
        ...actionsOf(area).map((action) => ({ value: action, label: actionName(action) })),
      ]),
    }),
    [t, actionName, audience],
  );
}
