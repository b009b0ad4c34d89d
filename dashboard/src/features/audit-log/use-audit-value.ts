import { useTranslation } from "react-i18next";
import { useFormat } from "@/hooks/use-format";
import { useNames } from "@/hooks/use-names";
import { momentOf } from "./diff";

/** Fields whose values are words of the server's; every other text is somebody's own. */
const NAMED = ["status", "role", "environment", "quarantine", "anomaly_action"];
const lastOf = (field: string) => field.split(".").at(-1) ?? field;

/** A value of an audit entry as text: moments and money by the names of their fields, everything else as it was noted. */
export function useAuditValue() {
  const { t } = useTranslation("audit-log");
  const format = useFormat();
  const word = useNames("value");
  const show = (field: string, value: unknown): string => {
    if (value == null || value === "") return t("nothing");
    if (typeof value === "boolean") return value ? t("yes") : t("no");
    const moment = momentOf(field, value);
    if (moment !== null) return format.date(moment);
    if (typeof value === "string") return NAMED.includes(lastOf(field)) ? word(value) : value;
    if (typeof value === "number") {
      return field.endsWith("_nanos") ? format.money(value) : format.number(value);
    }
    if (Array.isArray(value)) {
      if (value.length === 0) return t("nothing");
      return value.map((one) => show("", one)).join(", ");
    }
    return JSON.stringify(value);
  };
  return show;
}
