import { useTranslation } from "react-i18next";
import { PlaceholderPage } from "@/components/placeholder-page";

export function OverviewPage() {
  const { t } = useTranslation("overview");
  return <PlaceholderPage title={t("title")} />;
}
