import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import type { Filter } from "@/components/filter-bar";
import { NoPermission } from "@/components/no-permission";
import { PageHeader } from "@/components/page-header";
import { managementKeysQuery } from "@/features/management-keys/queries";
import { membersQuery } from "@/features/members/queries";
import { personName } from "@/lib/person-name";
import { AuditLog } from "./audit-log";

export function AuditLogPage() {
  const { t } = useTranslation("audit-log");
  const account = useAccount();
  return (
    <>
      <PageHeader title={t("title")} description={t("text")} />
      {account.can("admin") ? <AccountLog accountId={account.id} /> : <NoPermission needed="admin" />}
    </>
  );
}

function AccountLog({ accountId }: { accountId: string }) {
  const { t } = useTranslation("audit-log");
  const actorFilter = useActorFilter(accountId);
  return <AuditLog audience={{ accountId }} emptyText={t("emptyText")} filters={[actorFilter]} />;
}

function useActorFilter(accountId: string): Filter {
  const { t } = useTranslation("audit-log");
  // Whoever is here now; who has left can still be filtered by through an old link.
  const members = useQuery(membersQuery(accountId)).data;
  const keys = useQuery(managementKeysQuery({ accountId })).data;
  return useMemo(
    () => ({
      name: "actor",
      label: t("filterActor"),
      width: 220,
      isSearchable: true,
      options: [
        ...(members ?? []).map((member) => ({ value: member.user_id, label: personName(member) })),
        ...(keys ?? []).map((key) => ({
          value: key.id,
          label: `${key.name} · ${t("actors.management_key")}`,
        })),
      ],
    }),
    [t, members, keys],
  );
}
