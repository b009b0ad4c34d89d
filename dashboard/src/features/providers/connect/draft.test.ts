import { describe, expect, it } from "vitest";
import type { ProviderModel } from "@/api/types";
import {
  type Draft,
  hasWrongPrice,
  requestOf,
  shownPrice,
  toggled,
  unknownModel,
  unpriced,
  withPrice,
} from "./draft";

const known: ProviderModel = {
  ...unknownModel("gpt-4o"),
  model_type: "chat",
  context_length: 128_000,
  capabilities: ["chat", "vision"],
  cost: { input: "2.5", cache_read: "1.25", output: "10", cache_write_1h: "5" },
};
const house = unknownModel("acme/house");
const models = [known, house];
const empty: Draft = { chosen: [], markUp: 20, minTier: "basic", typed: {} };

describe("a draft", () => {
  it("prices what is known with the mark-up, and leaves empty what is not", () => {
    expect(shownPrice(empty, known, "input")).toBe("3.00");
    expect(shownPrice(empty, known, "cache_read")).toBe("1.50");
    expect(shownPrice(empty, house, "input")).toBe("");
    const chosen = toggled(toggled(empty, known.id), house.id);
    expect(unpriced(chosen, models)).toEqual([house]);
    const priced = withPrice(withPrice(chosen, house.id, "input", "1"), house.id, "output", "2");
    expect(unpriced(priced, models)).toEqual([]);
    expect(unpriced(withPrice(chosen, known.id, "output", ""), models)).toEqual(models);
  });

  it("finds what is no price in the chosen models alone", () => {
    const wrong = withPrice(empty, house.id, "input", "cheap");
    expect(hasWrongPrice(wrong, models)).toBe(false);
    expect(hasWrongPrice(toggled(wrong, house.id), models)).toBe(true);
  });

  it("makes one request of provider, models and deployments", () => {
    const chosen = withPrice(toggled(toggled(empty, house.id), known.id), known.id, "output", "11");
    const provider = { name: "openai", kind: "openai", credential: { secret: "sk" } };
    const request = requestOf(chosen, {
      models,
      provider,
      providerName: "openai",
      kind: "openai",
      known: [],
    });
    expect(request.providers).toEqual([provider]);
    expect(request.models).toEqual([
      expect.objectContaining({ id: "acme/house", owned_by: "acme", prices: {} }),
      expect.objectContaining({
        id: "gpt-4o",
        owned_by: "openai",
        min_tier: "basic",
        context_length: 128_000,
        prices: { input: "3.00", cache_read: "1.50", output: "11", cache_write_1h: "6.00" },
      }),
    ]);
    expect(request.models?.[0]).not.toHaveProperty("model_type");
    expect(request.deployments).toEqual([
      { model: "acme/house", provider: "openai", upstream_model: "acme/house" },
      { model: "gpt-4o", provider: "openai", upstream_model: "gpt-4o" },
    ]);
  });

  it("gives a model that is there already a deployment, and leaves its prices alone", () => {
    const chosen = toggled(empty, known.id);
    const request = requestOf(chosen, {
      models,
      provider: null,
      providerName: "second",
      kind: "openai",
      known: ["gpt-4o"],
    });
    expect(request.providers).toEqual([]);
    expect(request.models).toEqual([]);
    expect(request.deployments).toHaveLength(1);
  });
});
