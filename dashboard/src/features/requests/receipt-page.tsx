import { useTranslation } from "react-i18next";
import { PlaceholderPage } from "@/components/placeholder-page";

export function ReceiptPage() {
  const { t } = useTranslation("requests");
  return <PlaceholderPage title={t("title")} />;
}
