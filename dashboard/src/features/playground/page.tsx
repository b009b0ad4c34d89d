import { useTranslation } from "react-i18next";
import { PlaceholderPage } from "@/components/placeholder-page";

export function PlaygroundPage() {
  const { t } = useTranslation("playground");
  return <PlaceholderPage title={t("title")} />;
}
