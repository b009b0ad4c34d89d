import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import { auditLogQuery, managementKeysQuery, membersQuery } from "@/api/settings-queries";
import type { AuditEntryResponse } from "@/api/types";
import { DataTable, pagedSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { type Filter, FilterBar } from "@/components/filter-bar";
import { NoPermission } from "@/components/no-permission";
import { PageHeader } from "@/components/page-header";
import { memberName } from "@/features/members/shared/member-name";
import { useSearchState } from "@/hooks/use-search-state";
import { AUDIT_ACTIONS, AUDIT_AREAS } from "./actions";
import { useAuditColumns } from "./columns";
import { AuditEntryDialog } from "./entry-dialog";

export function AuditLogPage() {
  const { t } = useTranslation("settings");
  const account = useAccount();
  return (
    <>
      <PageHeader title={t("audit.title")} description={t("audit.text")} />
      {account.can("admin") ? <Log accountId={account.id} /> : <NoPermission needed="admin" />}
    </>
  );
}

function Log({ accountId }: { accountId: string }) {
  const { t } = useTranslation("settings");
  const [{ action, actor }, setSearch] = useSearchState();
  const log = useInfiniteQuery({
    ...auditLogQuery(accountId, { action, actor }),
    placeholderData: (previous) => previous,
  });
  const [shown, setShown] = useState<AuditEntryResponse | null>(null);
  const filters = useFilters(accountId);
  const columns = useAuditColumns(setShown);
  const isFiltered = action !== undefined || actor !== undefined;
  return (
    <>
      <FilterBar filters={filters} />
      <DataTable
        label={t("audit.list")}
        columns={columns}
        source={pagedSource(log)}
        rowKey={(entry) => entry.id}
        onRowClick={setShown}
        empty={
          isFiltered ? (
            <EmptyState
              icon={ScrollText}
              title={t("audit.emptyFiltered")}
              text={t("audit.emptyFilteredText")}
              action={
                <Button
                  variant="default"
                  onClick={() => void setSearch({ action: undefined, actor: undefined })}
                >
                  {t("audit.clear")}
                </Button>
              }
            />
          ) : (
            <EmptyState icon={ScrollText} title={t("audit.empty")} text={t("audit.emptyText")} />
          )
        }
      />
      <AuditEntryDialog entry={shown} onClose={() => setShown(null)} />
    </>
  );
}

function useFilters(accountId: string): Filter[] {
  const { t } = useTranslation("settings");
  // Whoever is here now; who has left can still be filtered by through an old link.
  const members = useQuery(membersQuery(accountId)).data;
  const keys = useQuery(managementKeysQuery(accountId)).data;
  return useMemo(
    () => [
      {
        name: "action",
        label: t("audit.filterAction"),
        width: 220,
        isSearchable: true,
        options: AUDIT_AREAS.flatMap((area) => [
          { value: area, label: `${t(`audit.areas.${area}`)} · ${t("audit.all")}` },
          ...AUDIT_ACTIONS.filter((one) => one.startsWith(`${area}.`)).map((one) => ({
            value: one,
            label: t(`audit.actions.${one}`),
          })),
        ]),
      },
      {
        name: "actor",
        label: t("audit.filterActor"),
        width: 220,
        isSearchable: true,
        options: [
          ...(members ?? []).map((member) => ({ value: member.user_id, label: memberName(member) })),
          ...(keys ?? []).map((key) => ({
            value: key.id,
            label: `${key.name} · ${t("audit.actors.management_key")}`,
          })),
        ],
      },
    ],
    [t, members, keys],
  );
}
