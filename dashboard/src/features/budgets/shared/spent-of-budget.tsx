import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { BudgetResponse } from "@/api/types";
import { useFormat } from "@/hooks/use-format";
import { nanosOf } from "@/lib/format";
import { budgetChoice } from "./budget-bars";
import { tightestBudget } from "./values";

/** The budget of a key that is spent furthest, in a line. */
export function SpentOfBudget({ budgets }: { budgets: BudgetResponse[] }) {
  const { t } = useTranslation("budgets");
  const format = useFormat();
  const budget = tightestBudget(budgets);
  if (budget === undefined) return null;
  return (
    <Text span size="xs" c={budget.percent >= 100 ? "red" : "dimmed"} display="block">
      {t("inList", {
        spent: format.headlineMoney(nanosOf(budget.spent)),
        limit: format.headlineMoney(nanosOf(budget.limit)),
        window: t(`per.${budgetChoice(budget)}`),
      })}
    </Text>
  );
}
