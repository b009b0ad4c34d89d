import { describe, expect, it } from "vitest";
import { dollarsToNanos, nanosToDollars } from "@/lib/price";
import { modelToValues, valuesToModel } from "./form-values";
import { emptyRule, ruleToValues, valuesToRule } from "./route-rules";

describe("prices of a model", () => {
  it.each([
    ["0.15", 150_000_000],
    ["10", 10_000_000_000],
    ["0.000000001", 1],
    ["1.", 1_000_000_000],
    // In floating point this would be 69999999.99999999.
    ["0.07", 70_000_000],
  ])("reads %s dollars exactly", (text, nanos) => {
    expect(dollarsToNanos(text)).toBe(nanos);
  });

  it.each(["", "-1", "1,5", "free", "0.0000000001", "12345678"])("refuses “%s”", (text) => {
    expect(dollarsToNanos(text)).toBeNull();
  });

  it.each([
    [0, "0.00"],
    [150_000_000, "0.15"],
    [1, "0.000000001"],
    [12_500_000_000, "12.50"],
  ])("writes %i nano-dollars so that they are read back the same", (nanos, text) => {
    expect(nanosToDollars(nanos)).toBe(text);
    expect(dollarsToNanos(text)).toBe(nanos);
  });
});

describe("the form of a model", () => {
  it("sends what is left empty as null, and the id where there is no name", () => {
    const values = { ...modelToValues(null, "free"), id: "vendor/large", owned_by: "vendor" };
    expect(valuesToModel(values)).toMatchObject({
      id: "vendor/large",
      display_name: "vendor/large",
      context_length: null,
      max_output_tokens: null,
      stream_timeout_seconds: null,
      min_tier: "free",
      prices: { input: "0.00", output: "0.00" },
    });
  });

  it("keeps the prices of meters that it does not show", () => {
    const values = { ...modelToValues(null, "free"), prices: { cache_read: "0.10" }, input_price: "1.00" };
    expect(valuesToModel(values).prices).toEqual({ cache_read: "0.10", input: "1.00", output: "0.00" });
  });

  it("sends the rules of a virtual model, and what is empty in them as no condition", () => {
    const rule = { ...emptyRule(), model: "large", percent: 20, needs: ["vision"] };
    const values = { ...modelToValues(null, "free"), id: "auto", is_virtual: true, routes: [rule] };
    expect(valuesToModel(values).routes).toEqual([
      {
        model: "large",
        percent: 20,
        needs: ["vision"],
        input_tokens_min: null,
        input_tokens_max: null,
        tiers: [],
      },
    ]);
    expect(valuesToModel({ ...values, is_virtual: false }).routes).toEqual([]);
  });

  it("reads rules back as they were sent", () => {
    const rule = { model: "large", percent: null, needs: [], input_tokens_min: 0, tiers: ["pro"] };
    expect(valuesToRule(ruleToValues(rule))).toEqual({ ...rule, input_tokens_max: null });
  });
});
