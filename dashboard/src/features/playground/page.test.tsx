import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { type Responses, renderPage } from "@/test/render-page";
import { PlaygroundPage } from "./page";

const AT = { path: "/a/acct_1/playground", route: "/a/$accountId/playground" };
const list = (...data: unknown[]) => ({ body: { data, next_cursor: null } });
const key = {
  id: "key_1",
  name: "Production",
  hint: "yx-…1",
  environment: "live",
  status: "active",
  restrictions: { models: null, endpoints: null, networks: null },
  quarantine: null,
};
const model = {
  id: "small",
  display_name: "Small",
  owned_by: "maker",
  model_type: "chat",
  capabilities: ["chat"],
  input_price_nanos: 1_000_000_000,
  output_price_nanos: 1_000_000_000,
  pricing_unit: "per_million_tokens",
  is_available: true,
  providers: ["maker"],
};
const account = { body: { id: "acct_1", tier: { price_factor_percent: 100 } } };
const ready: Responses = {
  "/accounts/acct_1": account,
  "/accounts/acct_1/api-keys": list(key),
  "/accounts/acct_1/models": list(model),
};

beforeEach(() => sessionStorage.clear());

describe("the playground", () => {
  it("is not for viewers", async () => {
    await renderPage(PlaygroundPage, AT, ready, "viewer");
    expect(await screen.findByText(/need the role Member/)).toBeTruthy();
  });

  it("asks for a key first", async () => {
    const revoked = { ...key, status: "revoked" };
    await renderPage(PlaygroundPage, AT, { ...ready, "/accounts/acct_1/api-keys": list(revoked) });
    expect(await screen.findByRole("link", { name: "Create an API key" })).toBeTruthy();
  });

  it("says why a request was refused, and what to do", async () => {
    const refusal = {
      status: 429,
      body: { error: { type: "rate_limit_error", code: "rate_limit_exceeded", message: "Wait 9 s." } },
    };
    await renderPage(PlaygroundPage, AT, {
      ...ready,
      "/accounts/acct_1/api-keys/key_1/chat/completions": refusal,
    });
    await userEvent.type(await screen.findByRole("textbox", { name: "Message" }), "Hi");
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    expect(await screen.findByText("No response")).toBeTruthy();
    expect(screen.getByText("rate_limit_exceeded: Wait 9 s.")).toBeTruthy();
  });

  it("begins with a key that may chat, and with a model whose requests do not fail", async () => {
    const embeds = {
      ...key,
      id: "key_0",
      name: "Embeddings",
      restrictions: { ...key.restrictions, endpoints: ["embeddings"] },
    };
    const frozen = { ...key, id: "key_2", name: "Frozen", quarantine: { state: "frozen" } };
    const down = { ...model, id: "a-down", display_name: "Down", is_failing: true };
    await renderPage(PlaygroundPage, AT, {
      ...ready,
      "/accounts/acct_1/api-keys": list(embeds, frozen, key),
      "/accounts/acct_1/models": list(down, model),
    });
    const chosen = async (name: string) =>
      (await screen.findByRole<HTMLInputElement>("combobox", { name })).value;
    await waitFor(async () => expect(await chosen("API key")).toBe("Production"));
    await waitFor(async () => expect(await chosen("Model")).toBe("Small"));
  });
});
