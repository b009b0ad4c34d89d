import { useTranslation } from "react-i18next";
import { PlaceholderPage } from "@/components/placeholder-page";

export function MembersPage() {
  const { t } = useTranslation("settings");
  return <PlaceholderPage title={t("title")} />;
}
