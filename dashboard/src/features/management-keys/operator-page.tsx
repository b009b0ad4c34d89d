import { useTranslation } from "react-i18next";
import { ManagementKeys } from "./management-keys";

export function OperatorManagementKeysPage() {
  const { t } = useTranslation("management-keys");
  return (
    <ManagementKeys
      audience="operator"
      description={t("operator.text")}
      emptyText={t("operator.emptyText")}
      canWrite
    />
  );
}
