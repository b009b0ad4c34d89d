import { describe, expect, it } from "vitest";
import { chargeParts } from "./charge";
import { buildTimeline, share, ticksOf } from "./timeline";

describe("the charge of a receipt", () => {
  const prices = { input_nanos_per_million: 2_000_000_000, output_nanos_per_million: 10_000_000_000 };

  it("is explained by the prices alone, up to rounding", () => {
    const parts = chargeParts({ input_tokens: 1001, output_tokens: 3, charge_nanos: 2_032_001, prices });
    expect(parts).toEqual({
      inputNanos: 2_002_000,
      outputNanos: 30_000,
      adjustmentNanos: null,
      factor: null,
    });
  });

  it("shows the price factor of the tier as what is left", () => {
    const parts = chargeParts({ input_tokens: 1000, output_tokens: 0, charge_nanos: 1_600_000, prices });
    expect(parts?.adjustmentNanos).toBe(-400_000);
    expect(parts?.factor).toBeCloseTo(0.8);
  });

  it("has no sum without prices", () => {
    expect(chargeParts({ input_tokens: 1, output_tokens: 1, charge_nanos: 0, prices: null })).toBeNull();
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
