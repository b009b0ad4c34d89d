import { useTranslation } from "react-i18next";
import { PlaceholderPage } from "@/components/placeholder-page";

export function ResetPasswordPage() {
  const { t } = useTranslation("auth");
  return <PlaceholderPage title={t("title")} />;
}
