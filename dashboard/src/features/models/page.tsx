import { useTranslation } from "react-i18next";
import { PlaceholderPage } from "@/components/placeholder-page";

export function ModelsPage() {
  const { t } = useTranslation("models");
  return <PlaceholderPage title={t("title")} />;
}
