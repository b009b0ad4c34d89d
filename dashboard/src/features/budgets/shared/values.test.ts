import { expect, it } from "vitest";
import { type BudgetValues, budgetSpecs, budgetValues, newBudget, problemsOf } from "./values";

const day: BudgetValues & { amount: number } = {
  window: "day",
  mode: "calendar",
  amount: 5,
  action: "block",
};

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

it("what is sent is what was read, with the moment at which an override ends", () => {
  const override = { amount: 9, until: "2026-12-24T10:30:00Z" };
  const before = Date.parse("2026-12-24T10:00:00Z");
  expect(budgetSpecs(budgetValues([{ ...day, override }], before))).toEqual([{ ...day, override }]);
});

it("an override that is over is none any more", () => {
  const override = { amount: 9, until: "2026-12-24T10:30:00Z" };
  const values = budgetValues([{ ...day, override }], Date.parse(override.until));
  expect(budgetSpecs(values)).toEqual([day]);
});

it("an override holds to the end of the day that was chosen, in UTC", () => {
  const until = "2026-12-24T10:30:00Z";
  const override = { amount: "9", lastDay: "2026-12-31", until };
  expect(budgetSpecs([{ ...day, override }])[0]?.override).toEqual({
    amount: 9,
    until: "2026-12-31T23:59:59Z",
  });
});

it("an override needs an amount and a day that is not over", () => {
  const now = Date.parse("2026-12-24T10:00:00Z");
  const problems = (amount: number | string, lastDay: string) =>
    problemsOf([{ ...day, override: { amount, lastDay } }], now)[0];
  expect(problems(9, "2026-12-24")).toBeNull();
  expect(problems("", "2026-12-24")).toBe("overrideAmount");
  expect(problems(9, "")).toBe("overrideDay");
  expect(problems(9, "2026-12-23")).toBe("overrideDay");
});
