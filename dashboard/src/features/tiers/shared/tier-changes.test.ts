import { describe, expect, it } from "vitest";
import type { TierResponse } from "@/api/types";
import { reachChange, reachedModels, tierChanges } from "./tier-changes";

const basic: TierResponse = {
  id: "basic",
  display_name: "Basic",
  rank: 20,
  priority: 2,
  requests_per_minute: 50,
  tokens_per_minute: 200_000,
  requests_per_day: 10_000,
  concurrent_requests: 50,
  account_multiplier: 2,
  keys_max: 20,
  price_factor_percent: 100,
  credits: null,
  budgets: [],
};
const free: TierResponse = { ...basic, id: "free", display_name: "Free", rank: 10 };
const pro: TierResponse = { ...basic, id: "pro", display_name: "Pro", rank: 30 };
const tiers = [free, basic, pro];
const models = [
  { id: "small", min_tier: "free" },
  { id: "middle", min_tier: "basic" },
  { id: "large", min_tier: "pro" },
  { id: "orphan", min_tier: "gone" },
];

describe("the changes of a tier", () => {
  it("are none when nothing differs", () => {
    expect(tierChanges(basic, { ...basic })).toEqual([]);
  });

  it("have its budgets, and not those that only came in another form", () => {
    const budgets = [
      { window: "day", mode: "calendar", amount: 5, action: "block", override: null },
    ] as const;
    const limited = { ...basic, budgets: [...budgets] };
    expect(tierChanges(limited, { ...basic, budgets: [{ window: "day", amount: 5 }] })).toEqual([]);
    const changes = tierChanges(limited, { ...basic, budgets: [{ window: "day", amount: 6 }] });
    expect(changes.map((change) => [change.field, change.direction])).toEqual([["budgets", null]]);
  });

  it("say whether customers get more or less", () => {
    const changes = tierChanges(basic, {
      ...basic,
      requests_per_minute: null,
      keys_max: 5,
      price_factor_percent: 120,
      display_name: "Standard",
    });
    const directions = Object.fromEntries(changes.map((change) => [change.field, change.direction]));
    expect(directions).toEqual({
      display_name: null,
      requests_per_minute: "up",
      keys_max: "down",
      price_factor_percent: "down",
    });
  });
});

describe("the models that a tier reaches", () => {
  it("are those of its rank and below, and none whose tier is unknown", () => {
    expect(reachedModels(20, models, tiers)).toEqual(["small", "middle"]);
  });

  it("grow when the rank rises above another tier", () => {
    expect(reachChange(basic, { ...basic, rank: 31 }, models, tiers)).toEqual({
      gained: ["large"],
      lost: [],
    });
  });

  it("keep those that ask for the tier itself when its rank moves", () => {
    expect(reachChange(basic, { ...basic, rank: 15 }, models, tiers)).toEqual({ gained: [], lost: [] });
  });

  it("shrink for an account that moves to a lower tier", () => {
    expect(reachChange(pro, free, models, tiers)).toEqual({ gained: [], lost: ["middle", "large"] });
  });
});
