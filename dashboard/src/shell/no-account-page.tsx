import { UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/empty-state";
import { PageHeader } from "@/components/page-header";

export function NoAccountPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t("noAccount.title")} />
      <EmptyState icon={UserRound} title={t("noAccount.heading")} text={t("noAccount.text")} />
    </>
  );
}
