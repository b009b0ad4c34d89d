import { Progress, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { BudgetResponse } from "@/api/types";
import { useFormat } from "@/hooks/use-format";
import { nanosOf } from "@/lib/format";
import classes from "./budgets.module.css";

const WARN_PERCENT = 80;
const FULL_PERCENT = 100;

/** How budgets stand: a bar for each. */
export function BudgetBars({ budgets, showsSource }: { budgets: BudgetResponse[]; showsSource?: boolean }) {
  return (
    <ul className={classes.bars}>
      {budgets.map((budget) => (
        <BudgetBar
          key={`${budget.source} ${budget.window} ${budget.mode}`}
          budget={budget}
          showsSource={showsSource ?? false}
        />
      ))}
    </ul>
  );
}

function BudgetBar({ budget, showsSource }: { budget: BudgetResponse; showsSource: boolean }) {
  const { t } = useTranslation("budgets");
  const format = useFormat();
  const spent = format.money(nanosOf(budget.spent));
  const limit = format.money(nanosOf(budget.limit));
  const label = t(`per.${budgetChoice(budget)}`);
  return (
    <li>
      <div className={classes.bar}>
        <Text span size="sm" fw={500}>
          {label}
        </Text>
        <Text span size="sm">
          {t("spentOf", { spent, limit })}
        </Text>
      </div>
      <Progress
        value={Math.min(FULL_PERCENT, budget.percent)}
        color={colorOf(budget)}
        aria-label={t("barLabel", { label, percent: format.percent(budget.percent / FULL_PERCENT) })}
      />
      <Text size="xs" c="dimmed" mt={4}>
        {[
          budget.resets_at === null ? t("noReset") : t("resets", { at: format.date(budget.resets_at) }),
          budget.action === "warn" ? t("onlyWarns") : null,
          budget.override
            ? t("override", {
                amount: format.money(nanosOf(budget.amount)),
                until: format.date(budget.override.until),
              })
            : null,
          showsSource && budget.source !== "account" ? t(`source.${budget.source}`) : null,
        ]
          .filter((part) => part !== null)
          .join(" · ")}
      </Text>
    </li>
  );
}

type Moving = "day" | "week" | "month";

export function budgetChoice(budget: Pick<BudgetResponse, "window" | "mode">) {
  const { window, mode } = budget;
  if (window === "session" || window === "total") return `${window}_calendar` as const;
  return `${window satisfies Moving}_${mode}` as const;
}

function colorOf(budget: BudgetResponse): string {
  if (budget.percent >= FULL_PERCENT) return "red";
  return budget.percent >= WARN_PERCENT ? "amber" : "brand";
}
