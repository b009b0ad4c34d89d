import { useTranslation } from "react-i18next";
import type { AccountStatus } from "@/api/types";
import { StatusBadge } from "@/components/status-badge";

export function AccountStatusBadge({ status }: { status: AccountStatus }) {
  const { t } = useTranslation("accounts");
  return <StatusBadge tone={status === "active" ? "ok" : "bad"}>{t(`status.${status}`)}</StatusBadge>;
}
