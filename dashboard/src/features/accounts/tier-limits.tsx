import { useTranslation } from "react-i18next";
import type { LimitResource, TierResponse } from "@/api/types";
import { useFormat } from "@/hooks/use-format";
import classes from "./accounts.module.css";

const LIMITS: (LimitResource | "concurrent_requests")[] = [
  "requests_per_minute",
  "tokens_per_minute",
  "requests_per_day",
  "concurrent_requests",
];

/** What the tier permits: one key, and all keys of the account together. */
export function TierLimits({ tier }: { tier: TierResponse }) {
  const { t } = useTranslation(["accounts", "common"]);
  const format = useFormat();
  const show = (limit: number | null) => (limit === null ? t("common:unlimited") : format.number(limit));
  return (
    <table className={classes.limits}>
      <caption className="yx-visually-hidden">{t("settings.limits")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("settings.limit")}</th>
          <th scope="col">{t("settings.perKey")}</th>
          <th scope="col">{t("settings.together")}</th>
        </tr>
      </thead>
      <tbody>
        {LIMITS.map((resource) => (
          <tr key={resource}>
            <th scope="row">{t(`settings.${resource}`)}</th>
            <td>{show(tier[resource])}</td>
            <td>{show(tier[resource] === null ? null : tier[resource] * tier.account_multiplier)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
