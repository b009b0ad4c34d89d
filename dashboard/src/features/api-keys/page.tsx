import { useTranslation } from "react-i18next";
import { PlaceholderPage } from "@/components/placeholder-page";

export function ApiKeysPage() {
  const { t } = useTranslation("api-keys");
  return <PlaceholderPage title={t("title")} />;
}
