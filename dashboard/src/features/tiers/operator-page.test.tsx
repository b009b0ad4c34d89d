import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { TierResponse } from "@/api/types";
import { renderPage, type Sent } from "@/test/render-page";
import { OperatorTiersPage } from "./operator-page";

const place = { path: "/operator/tiers", route: "/operator/tiers" };

const TIER: TierResponse = {
  id: "team",
  display_name: "Team",
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
  budgets: [{ window: "day", mode: "calendar", amount: 5, action: "block" }],
  accounts: 3,
};

it("a tier says what its accounts may spend, and is given another budget", async () => {
  const sent: Sent[] = [];
  await renderPage(OperatorTiersPage, place, {
    "/admin/tiers": { body: { data: [TIER], next_cursor: null } },
    "/admin/models": { body: { data: [], next_cursor: null } },
    "/admin/tiers/team": (_, call) => {
      sent.push(call);
      return { body: TIER };
    },
  });
  expect(await screen.findByText("$5.00 per day")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Edit Team" }));
  const dialog = within(await screen.findByRole("dialog"));
  await userEvent.click(dialog.getByRole("button", { name: "Add a budget" }));
  await userEvent.type(dialog.getByLabelText("Amount of budget 2"), "50");
  expect(dialog.getByText("$5.00 per day and $50.00 per month")).toBeTruthy();
  await userEvent.click(dialog.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.body).toMatchObject({
    id: "team",
    budgets: [...TIER.budgets, { window: "month", mode: "calendar", amount: 50, action: "block" }],
  });
});
