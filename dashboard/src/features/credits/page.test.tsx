import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { LedgerEntryResponse } from "@/api/types";
import { renderPage } from "@/test/render-page";
import { OperatorCreditsPage } from "./operator-page";
import { BillingPage } from "./page";

const account = "/accounts/acct_1";
const place = { path: "/a/acct_1/billing", route: "/a/$accountId/billing" };
const operator = { path: "/operator/credits", route: "/operator/credits" };

function anEntry(entry: Partial<LedgerEntryResponse>): LedgerEntryResponse {
  return {
    id: "led_1",
    at: "2026-11-30T10:00:00.000Z",
    account_id: "acct_1",
    kind: "grant",
    amount_nanos: 12_500_000_000,
    reference: "grant_1",
    note: "<b>welcome</b>",
    ...entry,
  };
}

it("shows what the account has, what is held of it, and where it came from and went", async () => {
  const charge = anEntry({
    id: "led_2",
    kind: "charge",
    amount_nanos: -17_000_000,
    reference: "req_1",
    note: "a/b",
  });
  await renderPage(BillingPage, place, {
    [`${account}/credits`]: {
      body: { mode: "required", balance_nanos: 12_483_000_000, held_nanos: 250_000_000 },
    },
    [`${account}/credits/entries`]: { body: { data: [charge, anEntry({})], next_cursor: null } },
  });
  expect(await screen.findByText("$12.48")).toBeTruthy();
  expect(screen.getByText("$0.25 of it is held for requests")).toBeTruthy();
  expect(screen.getByText("By credits")).toBeTruthy();
  expect(await screen.findByText("<b>welcome</b>")).toBeTruthy();
  const link = screen.getByRole("link", { name: "a/b" });
  expect(link.getAttribute("href")).toBe("/a/acct_1/requests/req_1");
  expect(screen.getByRole("link", { name: "Export CSV" }).getAttribute("href")).toContain(
    "/credits/entries.csv",
  );
  expect(screen.queryByRole("button", { name: /Refund/ })).toBeNull();
});

it("lets an operator grant credits with a reason, and shows what the server says of the amount", async () => {
  const none = { body: { data: [], next_cursor: null } };
  await renderPage(OperatorCreditsPage, operator, {
    "/admin/credits": none,
    "/admin/credits/entries": none,
    "/admin/accounts/acct_1/credits": {
      status: 422,
      body: {
        error: { type: "validation_error", code: "invalid_field", message: "Too much.", param: "amount" },
      },
    },
  });
  await userEvent.click(await screen.findByRole("button", { name: "Grant credits" }));
  const dialog = within(await screen.findByRole("dialog"));
  const submit = dialog.getByRole("button", { name: "Grant credits" });
  expect(submit.hasAttribute("disabled")).toBe(true);
  await userEvent.type(dialog.getByLabelText("Account ID"), "acct_1");
  await userEvent.type(dialog.getByLabelText("Amount in US dollars"), "9999999");
  await userEvent.type(dialog.getByLabelText("Reason"), "welcome");
  await userEvent.click(submit);
  expect(await dialog.findByText("Too much.")).toBeTruthy();
});
