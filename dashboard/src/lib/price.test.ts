import { describe, expect, it } from "vitest";
import { dollarsToNanos, nanosToDollars, withMarkUp } from "./price";

describe("prices", () => {
  it("are read and written digit by digit", () => {
    expect(dollarsToNanos("0.075")).toBe(75_000_000);
    expect(dollarsToNanos(" 2.5 ")).toBe(2_500_000_000);
    for (const text of ["", "-1", "1e3", "0.0000000001", "1,5"])
      expect(dollarsToNanos(text), text).toBeNull();
    expect(nanosToDollars(75_000_000)).toBe("0.075");
    expect(nanosToDollars(3_000_000_000)).toBe("3.00");
  });

  it("with a mark-up are exact, and never below what was asked", () => {
    expect(withMarkUp("2.5", 0)).toBe("2.50");
    expect(withMarkUp("2.5", 20)).toBe("3.00");
    expect(withMarkUp("0.15", 12.5)).toBe("0.16875");
    expect(withMarkUp("0.000000001", 1)).toBe("0.000000002");
    expect(withMarkUp("10", -10)).toBe("9.00");
  });

  it("of an unknown cost are none", () => {
    expect(withMarkUp(undefined, 20)).toBeNull();
    expect(withMarkUp("", 20)).toBeNull();
    expect(withMarkUp("2.5", Number.NaN)).toBeNull();
  });
});
