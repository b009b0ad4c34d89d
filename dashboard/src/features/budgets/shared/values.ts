// Budgets between the form, where an amount may be half typed, and the API.

import type { BudgetResponse, BudgetSpec } from "@/api/types";

export const WINDOWS = ["session", "day", "week", "month", "total"] as const;
export type BudgetWindow = (typeof WINDOWS)[number];
export const BUDGETS_MAX = 10;
const AMOUNT_MAX = 1_000_000_000;

export interface BudgetValues {
  window: BudgetWindow;
  mode: "calendar" | "rolling";
  amount: number | string;
  action: "block" | "warn";
  override?: BudgetSpec["override"];
}

/** What is offered to somebody who adds a budget: a window that has none yet. */
export function newBudget(existing: BudgetValues[]): BudgetValues {
  const order = ["month", "day", "total", "week", "session"] as const;
  const free = order.find((window) => existing.every((budget) => budget.window !== window));
  return { window: free ?? "month", mode: "calendar", amount: "", action: "block" };
}

export function budgetValues(budgets: BudgetResponse[]): BudgetValues[] {
  return budgets.map(({ window, mode, amount, action, override }) => ({
    window,
    mode,
    amount,
    action,
    ...(override ? { override } : {}),
  }));
}

export function budgetSpecs(values: BudgetValues[]): BudgetSpec[] {
  return values.map((budget) => ({ ...budget, amount: Number(budget.amount) }));
}

export function hasMode(window: BudgetWindow): boolean {
  return window !== "session" && window !== "total";
}

export type BudgetProblem = "amount" | "twice";

/** What is wrong with each budget; `null` where nothing is. */
export function problemsOf(values: BudgetValues[]): (BudgetProblem | null)[] {
  return values.map((budget, index) => {
    const amount = budget.amount;
    if (amount === "" || !(Number(amount) >= 0 && Number(amount) <= AMOUNT_MAX)) return "amount";
    const isSame = (other: BudgetValues) =>
      other.window === budget.window && (!hasMode(budget.window) || other.mode === budget.mode);
    return values.slice(0, index).some(isSame) ? "twice" : null;
  });
}

/** The budget that is spent furthest. */
export function tightestBudget(budgets: BudgetResponse[]): BudgetResponse | undefined {
  return [...budgets].sort((a, b) => b.percent - a.percent)[0];
}
