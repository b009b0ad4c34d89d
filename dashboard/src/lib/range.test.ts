import { describe, expect, it } from "vitest";
import { readRange } from "./range";

// A Monday evening in Berlin, which is the next morning in Shanghai.
const NOW = Date.parse("2026-11-30T22:30:00Z");

function range(name: string, zone: string) {
  const { from, to, step, preset } = readRange({ range: name }, "24h", NOW, zone);
  return { from, to, step, preset };
}

describe("ranges of the calendar", () => {
  it("are days of the chosen time zone", () => {
    expect(range("yesterday", "Europe/Berlin")).toEqual({
      preset: "yesterday",
      from: "2026-11-28T23:00:00.000Z",
      to: "2026-11-29T23:00:00.000Z",
      step: "hour",
    });
    expect(range("yesterday", "Asia/Shanghai").from).toBe("2026-11-29T16:00:00.000Z");
    expect(range("today", "UTC")).toMatchObject({
      from: "2026-11-30T00:00:00.000Z",
      to: "2026-11-30T23:00:00.000Z",
    });
  });

  it("are months of the chosen time zone, by the day where its days are the server's", () => {
    expect(range("last_month", "UTC")).toEqual({
      preset: "last_month",
      from: "2026-10-01T00:00:00.000Z",
      to: "2026-11-01T00:00:00.000Z",
      step: "day",
    });
    // Clocks go back on the 25th of October.
    expect(range("last_month", "Europe/Berlin")).toMatchObject({
      from: "2026-09-30T22:00:00.000Z",
      to: "2026-10-31T23:00:00.000Z",
      step: "hour",
    });
    expect(range("this_month", "Asia/Shanghai")).toMatchObject({ from: "2026-11-30T16:00:00.000Z" });
  });

  it("take minutes for a day of a zone with half hours", () => {
    expect(range("yesterday", "Asia/Kolkata")).toMatchObject({
      from: "2026-11-29T18:30:00.000Z",
      to: "2026-11-30T18:30:00.000Z",
      step: "minute",
    });
  });
});

it("ranges that end now are as they were", () => {
  expect(range("7d", "Asia/Kolkata")).toMatchObject({
    preset: "7d",
    step: "hour",
    to: "2026-11-30T23:00:00.000Z",
  });
});
