import { useTranslation } from "react-i18next";
import { useFormat } from "@/hooks/use-format";
import { momentOf } from "./diff";

/** A value of an audit entry as text. */
export function useAuditValue() {
  const { t } = useTranslation("settings");
  const format = useFormat();
  const show = (field: string, value: unknown): string => {
    if (value == null || value === "") return t("audit.nothing");
    if (typeof value === "boolean") return value ? t("audit.yes") : t("audit.no");
    const moment = momentOf(field, value);
    if (moment !== null) return format.date(moment);
    if (typeof value === "string") return value;
    if (typeof value === "number") return format.number(value);
    if (Array.isArray(value)) {
      if (value.length === 0) return t("audit.nothing");
      return value.map((one) => show("", one)).join(", ");
    }
    return JSON.stringify(value);
  };
  return show;
}
