import { useTranslation } from "react-i18next";
import { PageHeader } from "@/components/page-header";
import { SearchField } from "@/components/search-field";
import { AuditLog } from "./audit-log";

export function OperatorAuditLogPage() {
  const { t } = useTranslation("audit-log");
  return (
    <>
      <PageHeader title={t("title")} description={t("operator.text")} />
      <AuditLog audience="operator" emptyText={t("operator.emptyText")}>
        <SearchField name="account_id" label={t("operator.accountId")} />
        <SearchField name="actor" label={t("operator.actorId")} />
      </AuditLog>
    </>
  );
}
