import { Progress, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { BudgetResponse, BudgetSpec } from "@/api/types";
import { useFormat } from "@/hooks/use-format";
import { nanosOf } from "@/lib/format";
import classes from "./budgets.module.css";

const WARN_PERCENT = 80;
const FULL_PERCENT = 100;

/** Who reads of which budgets: of a key, of an account, or an operator of an account. */
export type BudgetReader = "key" | "account" | "operator";

interface BudgetBarsProps {
  budgets: BudgetResponse[];
  reader: BudgetReader;
}

/** How budgets stand: a bar for each. */
export function BudgetBars({ budgets, reader }: BudgetBarsProps) {
  return (
    <ul className={classes.bars}>
      {budgets.map((budget) => (
        <BudgetBar key={`${budget.source} ${budget.window} ${budget.mode}`} budget={budget} reader={reader} />
      ))}
    </ul>
  );
}

function BudgetBar({ budget, reader }: { budget: BudgetResponse; reader: BudgetReader }) {
  const { t } = useTranslation("budgets");
  const format = useFormat();
  const sourceWord = useSourceWord();
  const resetWord = useResetWord();
  const spent = format.money(nanosOf(budget.spent));
  const limit = format.money(nanosOf(budget.limit));
  const label = t(`per.${budgetChoice(budget)}`);
  const isOverridden = budget.override !== null && Date.parse(budget.override.until) > Date.now();
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
          resetWord(budget),
          budget.action === "warn" ? t("onlyWarns") : null,
          budget.override && isOverridden
            ? t("override", {
                amount: format.money(nanosOf(budget.amount)),
                until: format.date(budget.override.until),
              })
            : null,
          sourceWord(budget.source, reader),
        ]
          .filter((part) => part !== null)
          .join(" · ")}
      </Text>
    </li>
  );
}

/** When a window ends; of one in which nothing was spent yet, nothing is to be said. */
function useResetWord() {
  const { t } = useTranslation("budgets");
  const format = useFormat();
  return ({ window, resets_at }: BudgetResponse): string | null => {
    if (resets_at !== null) return t("resets", { at: format.date(resets_at) });
    return window === "total" ? t("noReset") : null;
  };
}

/** The one who set a budget, where the reader would ask. */
function useSourceWord() {
  const { t } = useTranslation("budgets");
  return (source: BudgetResponse["source"], reader: BudgetReader): string | null => {
    if (reader === "key" || source === "key") return null;
    if (reader === "operator") return t(`sourceForOperators.${source}`);
    return source === "account" ? null : t(`source.${source}`);
  };
}

type Moving = "day" | "week" | "month";

/** The window of a budget and how it moves, as the words for it are called. */
export function budgetChoice({ window, mode = "calendar" }: Pick<BudgetSpec, "window" | "mode">) {
  if (window === "session" || window === "total") return `${window}_calendar` as const;
  return `${window satisfies Moving}_${mode}` as const;
}

function colorOf(budget: BudgetResponse): string {
  if (budget.percent >= FULL_PERCENT) return "red";
  return budget.percent >= WARN_PERCENT ? "amber" : "brand";
}
