import { useTranslation } from "react-i18next";
import { PlaceholderPage } from "@/components/placeholder-page";

export function ApiKeyPage() {
  const { t } = useTranslation("api-keys");
  return <PlaceholderPage title={t("title")} />;
}
