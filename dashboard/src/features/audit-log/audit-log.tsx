import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Audience } from "@/api/audience";
import type { AuditEntryResponse } from "@/api/types";
import { DataTable, pagedSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { type Filter, FilterBar } from "@/components/filter-bar";
import { useNames } from "@/hooks/use-names";
import { useSearchState } from "@/hooks/use-search-state";
import { actionsOf, areasOf } from "./actions";
import { useAuditColumns } from "./columns";
import { AuditEntryDialog } from "./entry-dialog";
import { auditLogQuery } from "./queries";

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
  const filter = audience === "operator" ? { account_id, action, actor } : { action, actor };
  const log = useInfiniteQuery(auditLogQuery(audience, filter));
  const [shown, setShown] = useState<AuditEntryResponse | null>(null);
  const actionFilter = useActionFilter(audience);
  const columns = useAuditColumns(setShown);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const clear = () => void setSearch({ account_id: undefined, action: undefined, actor: undefined });
  return (
    <>
      <FilterBar filters={[actionFilter, ...filters]}>{children}</FilterBar>
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
