import { useTranslation } from "react-i18next";
import { PlaceholderPage } from "@/components/placeholder-page";

export function SessionsPage() {
  const { t } = useTranslation("settings");
  return <PlaceholderPage title={t("title")} />;
}
