import { useTranslation } from "react-i18next";
import { PlaceholderPage } from "@/components/placeholder-page";

export function OperatorModelsPage() {
  const { t } = useTranslation("operator");
  return <PlaceholderPage title={t("title")} />;
}
