import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { ModelResponse } from "@/api/types";
import { renderPage } from "@/test/render-page";
import { ModelPage } from "./model-page";
import { ModelsPage } from "./page";

function model(change: Partial<ModelResponse>): ModelResponse {
  return {
    id: "maker/small",
    object: "model",
    created: 0,
    owned_by: "maker",
    provider: "maker",
    model_type: "chat",
    display_name: "Small",
    context_length: 8192,
    max_output_tokens: null,
    capabilities: ["chat", "vision"],
    input_price: 0,
    output_price: 0,
    input_price_nanos: 1_000_000_000,
    output_price_nanos: 2_000_000_000,
    pricing_unit: "per_million_tokens",
    prices: {},
    min_tier: "free",
    is_available: true,
    unavailable_reason: null,
    is_failing: false,
    providers: ["maker"],
    aliases: [],
    routes_to: [],
    serves_test_keys: true,
    ...change,
  };
}

const LIST = { path: "/a/acct_1/models", route: "/a/$accountId/models" };
const listOf = (...models: ModelResponse[]) => ({
  "/accounts/acct_1/models": { body: { data: models, next_cursor: null } },
});

describe("the catalogue", () => {
  it("says who can publish models when there are none", async () => {
    await renderPage(ModelsPage, LIST, listOf());
    expect(await screen.findByText("No models yet")).toBeTruthy();
  });

  it("leaves out what the account may not use, when asked", async () => {
    await renderPage(
      ModelsPage,
      LIST,
      listOf(
        model({}),
        model({
          id: "big",
          display_name: "Big",
          is_available: false,
          unavailable_reason: "tier",
          min_tier: "pro",
        }),
      ),
    );
    expect(await screen.findByRole("link", { name: "Big" })).toBeTruthy();
    expect(screen.getByText("Needs Pro")).toBeTruthy();
    await userEvent.click(screen.getByRole("switch", { name: "Available to me" }));
    expect(await screen.findByText("1 model")).toBeTruthy();
    expect(screen.queryByRole("link", { name: "Big" })).toBeNull();
  });
});

describe("the page of a model", () => {
  const at = { path: "/a/acct_1/models/maker/small", route: "/a/$accountId/models/$" };

  it("leads to the playground, with slashes in the id", async () => {
    await renderPage(ModelPage, at, { "/accounts/acct_1/models/maker/small": { body: model({}) } });
    const link = await screen.findByRole("link", { name: "Try in playground" });
    expect(link.getAttribute("href")).toBe("/a/acct_1/playground?model=maker%2Fsmall");
  });

  it("says what is needed for a model that is out of reach", async () => {
    const locked = model({ is_available: false, unavailable_reason: "tier", min_tier: "enterprise" });
    await renderPage(ModelPage, at, { "/accounts/acct_1/models/maker/small": { body: locked } });
    expect(
      await screen.findByText(/needs the Enterprise tier or higher, and this account is on Basic/),
    ).toBeTruthy();
    expect(screen.queryByRole("link", { name: "Try in playground" })).toBeNull();
  });
});
