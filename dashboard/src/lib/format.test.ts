import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatCompact,
  formatDuration,
  formatHeadlineMoney,
  formatMoney,
  formatNumber,
  formatRelative,
  NO_VALUE,
} from "./format";

describe("formats", () => {
  it("shows money with as many digits as a small sum needs", () => {
    expect(formatMoney("en", 0)).toBe("$0.00");
    expect(formatMoney("en", 1_234_500_000_000)).toBe("$1,234.50");
    expect(formatMoney("en", 12_345_678)).toBe("$0.012");
    expect(formatMoney("en", 123_456)).toBe("$0.00012");
    expect(formatMoney("en", 5)).toBe("$0.000000005");
  });

  it("shows a headline in cents, and what is less than one as less", () => {
    expect(formatHeadlineMoney("en", 0)).toBe("$0.00");
    expect(formatHeadlineMoney("en", 20)).toBe("<$0.01");
    expect(formatHeadlineMoney("en", 9_999_999)).toBe("<$0.01");
    expect(formatHeadlineMoney("en", 10_000_000)).toBe("$0.01");
    expect(formatHeadlineMoney("zh-CN", 1_234_567_000_000)).toBe("$1,234.57");
    expect(formatHeadlineMoney("en", null)).toBe(NO_VALUE);
  });

  it("shortens large numbers in the words of the language", () => {
    expect(formatCompact("en", 1234)).toBe("1,234");
    expect(formatCompact("en", 1_250_000)).toBe("1.3M");
    expect(formatCompact("zh-CN", 12_345)).toBe("1.2万");
    expect(formatCompact("zh-TW", 12_345)).toBe("1.2萬");
  });

  it("shows durations from milliseconds to hours", () => {
    expect(formatDuration("en", 850)).toBe("850 ms");
    expect(formatDuration("en", 1240)).toBe("1.2 s");
    expect(formatDuration("en", 2000)).toBe("2.0 s");
    expect(formatDuration("en", 2030)).toBe("2.0 s");
    expect(formatDuration("en", 59_960)).toBe("1 min");
    expect(formatDuration("en", 999.6)).toBe("1.0 s");
    expect(formatDuration("en", 9_999)).toBe("10.0 s");
    expect(formatDuration("en", 119_800)).toBe("2 min");
    expect(formatDuration("en", 3_599_900)).toBe("1 h");
    expect(formatDuration("en", 125_000)).toBe("2 min 5 s");
    expect(formatDuration("en", 7_200_000)).toBe("2 h");
    expect(formatDuration("zh-CN", 2000)).toBe("2.0秒");
  });

  it("says how long ago, in the language", () => {
    const now = Date.parse("2026-11-24T10:00:00Z");
    expect(formatRelative("en", "2026-11-24T09:57:00Z", now)).toBe("3 minutes ago");
    expect(formatRelative("zh-CN", "2026-11-26T10:00:00Z", now)).toBe("后天");
  });

  it("shows a dash for what is not there", () => {
    for (const text of [formatNumber("en", null), formatMoney("en", undefined), formatDuration("en", null)]) {
      expect(text).toBe(NO_VALUE);
    }
  });

  it("shows bytes in decimal units", () => {
    expect(formatBytes("en", 1_500_000)).toBe("1.5 MB");
    expect(formatBytes("en", 0)).toBe("0 byte");
  });
});
