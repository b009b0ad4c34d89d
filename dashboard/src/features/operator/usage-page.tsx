import { useTranslation } from "react-i18next";
import { PlaceholderPage } from "@/components/placeholder-page";

export function OperatorUsagePage() {
  const { t } = useTranslation("operator");
  return <PlaceholderPage title={t("title")} />;
}
