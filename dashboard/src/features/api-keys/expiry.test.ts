import { expect, it } from "vitest";
import { expiresAt, expiryOf, isValidExpiry } from "./expiry";

const now = Date.parse("2026-11-24T12:00:00.000Z");

it("a preset counts from now, never is nothing", () => {
  expect(expiresAt({ preset: "30d", date: "" }, now)).toBe("2026-12-24T12:00:00.000Z");
  expect(expiresAt({ preset: "never", date: "" }, now)).toBeNull();
});

it("a date means the end of that day where the reader is", () => {
  const end = expiresAt({ preset: "date", date: "2026-12-01" }, now);
  expect(new Date(end ?? "").getHours()).toBe(23);
  expect(expiryOf(end)).toEqual({ preset: "date", date: "2026-12-01" });
});

it("a date that is past, too far or none is refused", () => {
  for (const date of ["2026-11-01", "2099-01-01", "", "soon"]) {
    expect(isValidExpiry({ preset: "date", date }, now)).toBe(false);
  }
  expect(isValidExpiry({ preset: "date", date: "2026-12-01" }, now)).toBe(true);
});
