import { useTranslation } from "react-i18next";
import type { BudgetSpec } from "@/api/types";
import { useFormat } from "@/hooks/use-format";
import { nanosOf } from "@/lib/format";
import { budgetChoice } from "./budget-bars";

/** Budgets in a line: "$5.00 per day and $50.00 per month". */
export function useBudgetWords() {
  const { t } = useTranslation(["budgets", "common"]);
  const format = useFormat();
  return (budgets: readonly BudgetSpec[]): string => {
    if (budgets.length === 0) return t("common:none");
    const list = new Intl.ListFormat(format.language, { type: "conjunction" });
    return list.format(
      budgets.map((budget) => {
        const amount = format.money(nanosOf(budget.amount));
        const words = t("inWords", { amount, window: t(`per.${budgetChoice(budget)}`) });
        return budget.action === "warn" ? t("inWordsWarns", { words }) : words;
      }),
    );
  };
}
