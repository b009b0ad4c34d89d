import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { AdminAccountResponse, BudgetResponse, TierResponse } from "@/api/types";
import { renderPage, type Sent } from "@/test/render-page";
import { OperatorBudgetsCard } from "./operator-budgets-card";

const place = { path: "/operator/accounts/acct_1", route: "/operator/accounts/$id" };

const ACCOUNT: AdminAccountResponse = {
  id: "acct_1",
  name: "Acme",
  email: "ann@example.com",
  tier: "basic",
  status: "active",
  notes: "",
  limits: {},
  budgets: null,
  created_at: "2026-11-01T00:00:00Z",
  members: 1,
  api_keys: 1,
  requests_30d: 0,
  charge_nanos_30d: 0,
};

const TIER: TierResponse = {
  id: "basic",
  display_name: "Basic",
  rank: 20,
  priority: 2,
  requests_per_minute: 60,
  tokens_per_minute: null,
  requests_per_day: null,
  concurrent_requests: null,
  account_multiplier: 2,
  keys_max: 20,
  price_factor_percent: 100,
  credits: null,
  budgets: [{ window: "month", mode: "calendar", amount: 50, action: "block" }],
};

function aBudget(budget: Partial<BudgetResponse>): BudgetResponse {
  return {
    source: "tier",
    window: "month",
    mode: "calendar",
    amount: 50,
    action: "block",
    override: null,
    limit: 50,
    spent: 10,
    remaining: 40,
    percent: 20,
    resets_at: "2026-12-01T00:00:00Z",
    ...budget,
  };
}

async function show(account: AdminAccountResponse, sent: Sent[] = []) {
  await renderPage(() => <OperatorBudgetsCard account={account} />, place, {
    "/admin/tiers": { body: { data: [TIER], next_cursor: null } },
    "/accounts/acct_1/budgets": {
      body: {
        budgets: [aBudget({}), aBudget({ source: "account", window: "day", amount: 5, limit: 5 })],
        month_to_date: 10,
        month_forecast: 31,
      },
    },
    "/admin/accounts/acct_1": (_, call) => {
      sent.push(call);
      return { body: account };
    },
  });
  await userEvent.click(await screen.findByRole("button", { name: "Change budgets" }));
  return within(await screen.findByRole("dialog"));
}

it("an operator sees what an account spends, and who set each of its budgets", async () => {
  await show(ACCOUNT);
  expect(screen.getByText("$31.00")).toBeTruthy();
  expect(screen.getByText(/From its tier/)).toBeTruthy();
  expect(screen.getByText(/Set by the account/)).toBeTruthy();
});

it("budgets of its own begin with those of the tier, one of them for a while with another amount", async () => {
  const sent: Sent[] = [];
  const dialog = await show(ACCOUNT, sent);
  expect(dialog.getByText("$50.00 per month")).toBeTruthy();
  await userEvent.click(dialog.getByRole("radio", { name: "Budgets of its own" }));
  await userEvent.click(dialog.getByRole("button", { name: "Give budget 1 another amount for a while" }));
  await userEvent.type(dialog.getByLabelText("Temporary amount for budget 1"), "80");
  await userEvent.click(dialog.getByRole("button", { name: "Save" }));
  expect(dialog.getByText("Choose a day that is not over.")).toBeTruthy();
  expect(sent).toEqual([]);
  await userEvent.type(dialog.getByLabelText(/^Last day of the temporary amount for budget 1/), "2099-12-24");
  await userEvent.click(dialog.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent).toHaveLength(1));
  const override = { amount: 80, until: "2099-12-24T23:59:59Z" };
  expect(sent[0]?.body).toEqual({ budgets: [{ ...TIER.budgets[0], override }] });
});

it("goes back to the budgets of the tier", async () => {
  const sent: Sent[] = [];
  const dialog = await show({ ...ACCOUNT, budgets: [] }, sent);
  await userEvent.click(dialog.getByRole("radio", { name: "As the tier" }));
  await userEvent.click(dialog.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent.map((call) => call.body)).toEqual([{ budgets: null }]));
});
