import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import { ManagementKeys } from "./management-keys";

export function ManagementKeysPage() {
  const { t } = useTranslation("management-keys");
  const account = useAccount();
  const isOwner = account.can("owner");
  return (
    <ManagementKeys
      audience={{ accountId: account.id }}
      description={t("text")}
      emptyText={isOwner ? t("emptyText") : t("ownersOnly")}
      needed={account.can("admin") ? undefined : "admin"}
      canWrite={isOwner}
    />
  );
}
