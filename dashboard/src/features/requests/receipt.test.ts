import { describe, expect, it } from "vitest";
import { chargeParts } from "./charge";
import { buildTimeline, share, ticksOf } from "./timeline";

describe("the charge of a receipt", () => {
  const line = (meter: string, amount: number, price_nanos: number) => ({
    meter,
    amount,
    price_nanos,
    price_amount: 1_000_000,
    charge_nanos: Math.ceil((amount * price_nanos) / 1_000_000),
  });
  const prices = (...lines: ReturnType<typeof line>[]) => ({
    input_nanos_per_million: 2_000_000_000,
    output_nanos_per_million: 10_000_000_000,
    version: "00000000000000aa",
    lines,
  });

  it("is explained by the prices alone, up to rounding", () => {
    const lines = prices(line("input", 1001, 2_000_000_000), line("cache_read", 3, 10_000_000_000));
    const parts = chargeParts({ charge_nanos: 2_032_001, prices: lines });
    expect(parts?.parts.map((part) => [part.meter, part.nanos])).toEqual([
      ["input", 2_002_000],
      ["cache_read", 30_000],
    ]);
    expect([parts?.adjustmentNanos, parts?.factor]).toEqual([null, null]);
  });

  it("shows the price factor of the tier as what is left", () => {
    const lines = prices(line("input", 1000, 2_000_000_000));
    const parts = chargeParts({ charge_nanos: 1_600_000, prices: lines });
    expect(parts?.adjustmentNanos).toBe(-400_000);
    expect(parts?.factor).toBeCloseTo(0.8);
  });

  it("has no sum without prices", () => {
    expect(chargeParts({ charge_nanos: 0, prices: null })).toBeNull();
  });
});

describe("the timeline of a receipt", () => {
  it("reaches to the last end of anything on it", () => {
    const timeline = buildTimeline({
      duration_ms: 900,
      first_token_ms: 300,
      attempts: [
        { provider: "p", upstream_model: "m", began_after_ms: 100, duration_ms: 900, outcome: "ok" },
      ],
    });
    expect(timeline.totalMs).toBe(1000);
    expect(share(timeline, 300)).toBe("30%");
  });

  it("has round ticks at every size", () => {
    expect(ticksOf(1)).toEqual([0]);
    expect(ticksOf(19)).toEqual([0, 5, 10, 15]);
    expect(ticksOf(6840)).toEqual([0, 2000, 4000, 6000]);
    expect(ticksOf(600_000)).toEqual([0, 200_000, 400_000]);
  });
});
