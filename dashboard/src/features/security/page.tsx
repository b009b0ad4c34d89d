import { useTranslation } from "react-i18next";
import { PageHeader } from "@/components/page-header";
import { IdentitiesSection } from "./identities-section";
import { PasswordSection } from "./password-section";
import { TwoFactorSection } from "./two-factor-section";

export function SecurityPage() {
  const { t } = useTranslation("security");
  return (
    <>
      <PageHeader title={t("title")} description={t("text")} />
      <PasswordSection />
      <TwoFactorSection />
      <IdentitiesSection />
    </>
  );
}
