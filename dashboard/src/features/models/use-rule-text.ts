import { useTranslation } from "react-i18next";
import type { RouteRule, TierResponse } from "@/api/types";
import { useFormat } from "@/hooks/use-format";
import { useTierName } from "@/hooks/use-tier-name";
import { NEEDS } from "./route-rules";

/** The conditions of a rule in words. */
export function useRuleText(tiers: readonly TierResponse[]): (rule: RouteRule) => string {
  const { t } = useTranslation(["models", "routing"]);
  const format = useFormat();
  const tierName = useTierName();
  const listed = (words: string[]) =>
    new Intl.ListFormat(format.language, { type: "disjunction" }).format(words);
  const needs = (rule: RouteRule) =>
    NEEDS.filter((need) => rule.needs?.includes(need)).map((need) => t(`routing:need.${need}`));
  const named = (id: string) => tierName(id, tiers.find((tier) => tier.id === id)?.display_name);
  const tokens = ({ input_tokens_min: min, input_tokens_max: max }: RouteRule) => {
    if (min != null && max != null) {
      return t("operator.rules.whenBetween", { min: format.number(min), max: format.number(max) });
    }
    if (min != null) return t("operator.rules.whenFrom", { min: format.number(min) });
    return max == null ? null : t("operator.rules.whenTo", { max: format.number(max) });
  };
  return (rule) => {
    const conditions = [
      rule.needs?.length ? t("operator.rules.whenNeeds", { needs: listed(needs(rule)) }) : null,
      tokens(rule),
      rule.tiers?.length ? t("operator.rules.whenTiers", { tiers: listed(rule.tiers.map(named)) }) : null,
      rule.percent == null
        ? null
        : t("operator.rules.whenPercent", { percent: format.percent(rule.percent / 100, 0) }),
    ].filter((condition) => condition !== null);
    return conditions.length === 0 ? t("operator.rules.always") : conditions.join(" · ");
  };
}
