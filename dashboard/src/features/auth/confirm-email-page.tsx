import { useTranslation } from "react-i18next";
import { PlaceholderPage } from "@/components/placeholder-page";

export function ConfirmEmailPage() {
  const { t } = useTranslation("auth");
  return <PlaceholderPage title={t("title")} />;
}
