import { useTranslation } from "react-i18next";
import { PlaceholderPage } from "@/components/placeholder-page";

export function UsagePage() {
  const { t } = useTranslation("usage");
  return <PlaceholderPage title={t("title")} />;
}
