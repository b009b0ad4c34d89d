import { expect, it } from "vitest";
import type { BudgetResponse } from "@/api/types";
import { type BudgetValues, budgetSpecs, budgetValues, newBudget, problemsOf } from "./values";

const day: BudgetValues = { window: "day", mode: "calendar", amount: 5, action: "block" };

it("a new budget is of a window that has none yet", () => {
  expect(newBudget([]).window).toBe("month");
  expect(newBudget([{ ...day, window: "month" }]).window).toBe("day");
});

it("an amount is a number from zero on, and a window stands once", () => {
  expect(problemsOf([day, { ...day, amount: "" }, { ...day, amount: -1 }])).toEqual([
    null,
    "amount",
    "amount",
  ]);
  expect(problemsOf([day, { ...day, mode: "rolling" }, day])).toEqual([null, null, "twice"]);
  const total: BudgetValues = { ...day, window: "total" };
  expect(problemsOf([total, { ...total, mode: "rolling" }])).toEqual([null, "twice"]);
  expect(problemsOf([{ ...day, amount: 0 }])).toEqual([null]);
});

it("what is sent is what was read, with the override that nobody edits here", () => {
  const override = { amount: 9, until: "2026-12-24T00:00:00Z" };
  const read = { ...day, amount: 5, override, source: "key", limit: 9, spent: 1, remaining: 8, percent: 11 };
  const values = budgetValues([read as unknown as BudgetResponse]);
  expect(budgetSpecs(values)).toEqual([{ ...day, override }]);
});
