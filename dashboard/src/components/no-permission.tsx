import { Lock } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Role } from "@/api/types";
import { EmptyState } from "./empty-state";

/** The page is there, but not for this user. Says who could let them in. */
export function NoPermission({
  audience = "role",
  needed,
}: {
  audience?: "role" | "operator";
  needed?: Role;
}) {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={Lock}
      title={t("noPermission.title")}
      text={
        audience === "operator"
          ? t("noPermission.operator")
          : needed
            ? t("noPermission.needed", { role: t(`roles.${needed}`) })
            : t("noPermission.role")
      }
    />
  );
}
