import { useTranslation } from "react-i18next";
import type { LimitResource, TierResponse } from "@/api/types";
import classes from "@/components/settings.module.css";
import { useFormat } from "@/hooks/use-format";

const LIMITS: (LimitResource | "concurrent_requests")[] = [
  "requests_per_minute",
  "tokens_per_minute",
  "requests_per_day",
  "concurrent_requests",
];

/** What the tier permits: one key, and all keys of the account together. */
export function TierLimits({ tier }: { tier: TierResponse }) {
  const { t } = useTranslation(["settings", "common"]);
  const format = useFormat();
  const show = (limit: number | null) => (limit === null ? t("common:unlimited") : format.number(limit));
  return (
    <table className={classes.limits}>
      <caption className="yx-visually-hidden">{t("account.limits")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("account.limit")}</th>
          <th scope="col">{t("account.perKey")}</th>
          <th scope="col">{t("account.together")}</th>
        </tr>
      </thead>
      <tbody>
        {LIMITS.map((resource) => (
          <tr key={resource}>
            <th scope="row">{t(`account.${resource}`)}</th>
            <td>{show(tier[resource])}</td>
            <td>{show(tier[resource] === null ? null : tier[resource] * tier.account_multiplier)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
