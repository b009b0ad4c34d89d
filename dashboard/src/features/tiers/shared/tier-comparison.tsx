import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AdminModelResponse, TierResponse } from "@/api/types";
import chipClasses from "@/components/chips.module.css";
import { useBudgetWords } from "@/features/budgets/shared/use-budget-words";
import { useFormat } from "@/hooks/use-format";
import classes from "../tiers.module.css";
import { reachChange, type TierChange, type TierField, type TierValue, tierChanges } from "./tier-changes";

interface TierComparisonProps {
  before: TierResponse;
  after: TierResponse;
  models: AdminModelResponse[];
  tiers: TierResponse[];
  /** An account moves from one tier to the other: what the tiers are called and where they stand is no change. */
  isMove?: boolean;
}

/** What customers get less or more of, and which models come and go. */
export function TierComparison({ before, after, models, tiers, isMove = false }: TierComparisonProps) {
  const { t } = useTranslation("tiers");
  const changes = tierChanges(before, after).filter(
    ({ field }) => !isMove || (field !== "display_name" && field !== "rank"),
  );
  const reach = reachChange(before, after, models, tiers);
  if (changes.length === 0 && reach.gained.length === 0 && reach.lost.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("change.nothing")}
      </Text>
    );
  }
  return (
    <table className={classes.changes}>
      <thead>
        <tr>
          <th scope="col">{t("change.what")}</th>
          <th scope="col">{t("change.before")}</th>
          <th scope="col">{t("change.after")}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <ChangeRow key={change.field} change={change} />
        ))}
        {reach.gained.length + reach.lost.length > 0 ? (
          <tr>
            <th scope="row">{t("limits.models")}</th>
            <td colSpan={2}>
              <span className={chipClasses.chips}>
                {reach.gained.map((id) => (
                  <span key={id} className={chipClasses.chip} data-tone="ok">
                    + {id}
                  </span>
                ))}
                {reach.lost.map((id) => (
                  <span key={id} className={chipClasses.chip} data-tone="bad">
                    − {id}
                  </span>
                ))}
              </span>
            </td>
          </tr>
        ) : null}
      </tbody>
    </table>
  );
}

function ChangeRow({ change }: { change: TierChange }) {
  const { t } = useTranslation("tiers");
  const value = useTierValue();
  return (
    <tr>
      <th scope="row">{t(`limits.${change.field}`)}</th>
      <td className={classes.before}>{value(change.field, change.before)}</td>
      <td className={classes.after} data-direction={change.direction ?? undefined}>
        {value(change.field, change.after)}
      </td>
    </tr>
  );
}

/** A setting of a tier in words. */
export function useTierValue() {
  const { t } = useTranslation("tiers");
  const { t: common } = useTranslation();
  const format = useFormat();
  const budgetWords = useBudgetWords();
  return (field: TierField, value: TierValue): string => {
    if (Array.isArray(value)) return budgetWords(value);
    if (field === "credits")
      return t(`creditsModes.${value === "off" || value === "required" ? value : "default"}`);
    if (value === null) return common("unlimited");
    if (typeof value === "string") return value;
    if (field === "priority") return t(`priorities.${asPriority(value)}`);
    if (field === "price_factor_percent") return format.percent(value / 100, 0);
    if (field === "account_multiplier") return t("limits.times", { n: format.number(value) });
    return format.number(value);
  };
}

export function asPriority(value: number): "1" | "2" | "3" | "4" {
  return value <= 1 ? "1" : value === 2 ? "2" : value === 3 ? "3" : "4";
}
