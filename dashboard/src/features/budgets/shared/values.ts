// Budgets between the form, where an amount may be half typed, and the API.

import type { BudgetSpec } from "@/api/types";

export const WINDOWS = ["session", "day", "week", "month", "total"] as const;
export type BudgetWindow = (typeof WINDOWS)[number];
export const BUDGETS_MAX = 10;
const AMOUNT_MAX = 1_000_000_000;
/** Of a moment as the API writes it, the day. */
const DAY_CHARS = "2026-12-24".length;

/** Another amount for a while: up to the end of a day, which is empty until it is typed. */
export interface OverrideValues {
  amount: number | string;
  /** `YYYY-MM-DD`, in UTC as all windows are. */
  lastDay: string;
  /** The moment that the day came from: what nobody changed goes out as it came. */
  until?: string;
}

export interface BudgetValues {
  window: BudgetWindow;
  mode: "calendar" | "rolling";
  amount: number | string;
  action: "block" | "warn";
  override?: OverrideValues | null;
}

/** What is offered to somebody who adds a budget: a window that has none yet. */
export function newBudget(existing: BudgetValues[]): BudgetValues {
  const order = ["month", "day", "total", "week", "session"] as const;
  const free = order.find((window) => existing.every((budget) => budget.window !== window));
  return { window: free ?? "month", mode: "calendar", amount: "", action: "block" };
}

/** Budgets as they are edited; an override that is over is none any more. */
export function budgetValues(budgets: BudgetSpec[], now: number = Date.now()): BudgetValues[] {
  return budgets.map(({ window, mode, amount, action, override }) => ({
    window,
    mode: mode ?? "calendar",
    amount,
    action: action ?? "block",
    ...(override && Date.parse(override.until) > now ? { override: overrideValues(override) } : {}),
  }));
}

function overrideValues({ amount, until }: NonNullable<BudgetSpec["override"]>): OverrideValues {
  return { amount, until, lastDay: until.slice(0, DAY_CHARS) };
}

export function budgetSpecs(values: BudgetValues[]): BudgetSpec[] {
  return values.map(({ override, ...budget }) => ({
    ...budget,
    amount: Number(budget.amount),
    ...(override ? { override: { amount: Number(override.amount), until: untilOf(override) } } : {}),
  }));
}

/** The moment at which an override ends. */
function untilOf({ until, lastDay }: OverrideValues): string {
  return until !== undefined && until.slice(0, DAY_CHARS) === lastDay ? until : endOf(lastDay);
}

function endOf(day: string): string {
  return `${day}T23:59:59Z`;
}

export function hasMode(window: BudgetWindow): boolean {
  return window !== "session" && window !== "total";
}

export type BudgetProblem = "amount" | "twice" | "overrideAmount" | "overrideDay";

/** What is wrong with each budget; `null` where nothing is. */
export function problemsOf(values: BudgetValues[], now: number = Date.now()): (BudgetProblem | null)[] {
  return values.map((budget, index) => {
    if (!isAmount(budget.amount)) return "amount";
    const isSame = (other: BudgetValues) =>
      other.window === budget.window && (!hasMode(budget.window) || other.mode === budget.mode);
    if (values.slice(0, index).some(isSame)) return "twice";
    if (!budget.override) return null;
    if (!isAmount(budget.override.amount)) return "overrideAmount";
    return isAhead(budget.override, now) ? null : "overrideDay";
  });
}

function isAmount(amount: number | string): boolean {
  return amount !== "" && Number(amount) >= 0 && Number(amount) <= AMOUNT_MAX;
}

function isAhead(override: OverrideValues, now: number): boolean {
  return override.lastDay !== "" && Date.parse(untilOf(override)) > now;
}

/** Budgets that can be kept, of those that are half typed: one whose override is half typed is there without it. */
export function wholeBudgets(values: BudgetValues[]): BudgetSpec[] {
  const problems = problemsOf(values);
  return values.flatMap((budget, index) => {
    const problem = problems[index];
    if (problem === "amount" || problem === "twice") return [];
    return budgetSpecs([problem === null ? budget : { ...budget, override: null }]);
  });
}

export function areSameBudgets(left: BudgetSpec[], right: BudgetSpec[]): boolean {
  const [one, other] = [left, right].map((budgets) => JSON.stringify(budgetSpecs(budgetValues(budgets))));
  return one === other;
}

/** The budget that is spent furthest. */
export function tightestBudget<Budget extends { percent: number }>(budgets: Budget[]): Budget | undefined {
  return [...budgets].sort((a, b) => b.percent - a.percent)[0];
}
