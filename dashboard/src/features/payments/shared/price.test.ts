import { expect, it } from "vitest";
import { amountProblem, priceOf } from "./price";

const yuan = { price_per_dollar: "7.3", currency_exponent: 2, amounts: [] };

it("a price is exact, and rounded up to the least coin", () => {
  expect(priceOf(yuan, 20_000_000_000)).toBe(14_600);
  expect(priceOf(yuan, 10_010_000_000)).toBe(7308);
  expect(priceOf({ price_per_dollar: "1", currency_exponent: 2, amounts: [] }, 12_500_000_000)).toBe(1250);
  expect(priceOf({ price_per_dollar: "151.07", currency_exponent: 0, amounts: [] }, 5_000_000_000)).toBe(756);
});

it("what a button says is what the provider's list says", () => {
  const amounts = [{ credits_nanos: 20_000_000_000, amount_minor: 14_000 }];
  expect(priceOf({ ...yuan, amounts }, 20_000_000_000)).toBe(14_000);
});

it("an amount is within the bounds of the provider and of the balance", () => {
  const provider = { min_credits_nanos: 5, max_credits_nanos: 500 };
  const problem = (credits: number | null, balance = 0) =>
    amountProblem(credits, { provider, balanceNanos: balance, balanceMaxNanos: 600 });
  expect([null, 0, Number.NaN].map((credits) => problem(credits))).toEqual(["missing", "missing", "missing"]);
  expect([4, 5, 500, 501].map((credits) => problem(credits))).toEqual(["few", null, null, "many"]);
  expect([200, 201].map((balance) => problem(400, balance))).toEqual([null, "balance"]);
});
