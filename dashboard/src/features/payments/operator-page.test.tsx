import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { OrderDetails, OrderRow, PaymentEvent } from "@/api/types";
import { renderPage, type Sent } from "@/test/render-page";
import { anOrder } from "./an-order";
import { OperatorOrderPage } from "./operator-order-page";
import { OperatorPaymentsPage } from "./operator-page";

const list = { path: "/operator/orders", route: "/operator/orders" };
const one = { path: "/operator/orders/ord_1", route: "/operator/orders/$id" };

function aRow(row: Partial<OrderRow> = {}): OrderRow {
  return {
    ...anOrder(),
    account_name: "<b>Acme</b>",
    payment_ref: "2026113022001",
    attention: null,
    shortfall_nanos: 0,
    ...row,
  };
}

function anEvent(event: Partial<PaymentEvent> = {}): PaymentEvent {
  return {
    id: "pevt_1",
    at: "2026-11-30T10:02:00Z",
    source: "notify",
    order_id: "ord_1",
    provider: "alipay",
    verdict: "wrong_amount",
    needs_attention: true,
    detail: "It says 1.80 CNY were paid; the order is for 146.00 CNY. Nothing was credited.",
    raw: "money=1.80&out_trade_no=ord_1",
    ...event,
  };
}

function details(more: Partial<OrderDetails> = {}): OrderDetails {
  return { order: aRow(), events: [anEvent()], refunds: [], can_refund: true, ...more };
}

it("lists orders of all accounts, and finds by what the address says", async () => {
  const asked: string[] = [];
  await renderPage(
    OperatorPaymentsPage,
    { ...list, path: "/operator/orders?query=2026113022001&attention=true" },
    {
      "/admin/orders": (query) => {
        asked.push(query.toString());
        return { body: { data: [aRow({ attention: "late" })], next_cursor: null } };
      },
    },
  );
  const table = within(await screen.findByRole("table", { name: "Orders" }));
  expect((await table.findByRole("link", { name: "ord_1" })).getAttribute("href")).toBe(
    "/operator/orders/ord_1",
  );
  expect(table.getByText("<b>Acme</b>")).toBeTruthy();
  expect(table.getByText("Paid too late")).toBeTruthy();
  expect(table.getByText("CN¥146.00")).toBeTruthy();
  expect(asked).toContain("search=2026113022001&attention=true&limit=50");
});

it("says how to set up a provider where nothing was bought yet", async () => {
  await renderPage(OperatorPaymentsPage, list, {
    "/admin/orders": { body: { data: [], next_cursor: null } },
  });
  const link = await screen.findByRole("link", { name: "How to set up a payment provider" });
  expect(link.getAttribute("href")).toBe("/docs/payments");
});

it("shows what providers said, also of what is no order here", async () => {
  const stray = anEvent({
    id: "pevt_2",
    order_id: null,
    verdict: "bad_signature",
    detail: "The signature is wrong.",
  });
  await renderPage(
    OperatorPaymentsPage,
    { ...list, path: "/operator/orders?view=events" },
    { "/admin/payment-events": { body: { data: [stray, anEvent()], next_cursor: null } } },
  );
  const events = within(await screen.findByRole("list", { name: "Messages of the provider" }));
  expect(events.getByText("Wrong signature")).toBeTruthy();
  expect(events.getAllByRole("link").map((link) => link.textContent)).toEqual(["ord_1"]);
});

it("shows the messages of one order as they came with what was made of them, and asks again", async () => {
  const paid = details({ events: [anEvent({ id: "pevt_2", verdict: "credited", needs_attention: false })] });
  await renderPage(OperatorOrderPage, one, {
    "/admin/orders/ord_1": { body: details({ order: aRow({ status: "open" }), can_refund: false }) },
    "/admin/orders/ord_1/check": { body: paid },
  });
  expect(await screen.findByText("Wrong amount")).toBeTruthy();
  expect(screen.getByText("money=1.80&out_trade_no=ord_1")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Refund" })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Ask again" }));
  expect(await screen.findByText("Credited")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Refund" })).toBeTruthy();
});

it("refunds a part with a reason, and shows what the server says of the amount", async () => {
  const sent: Sent[] = [];
  const refused = { type: "validation_error", code: "invalid_field", message: "Too much.", param: "credits" };
  await renderPage(OperatorOrderPage, one, {
    "/admin/orders/ord_1": { body: details() },
    "/admin/orders/ord_1/refund": (_, call) => {
      sent.push(call);
      if (sent.length === 1) return { status: 422, body: { error: refused } };
      const refund = {
        id: "rfd_1",
        at: "2026-11-30T12:00:00Z",
        amount_minor: 7300,
        credits_nanos: 10_000_000_000,
        status: "pending",
        reason: "Bought twice",
        by: "Olga",
      };
      return { body: details({ refunds: [refund] }) };
    },
  });
  await userEvent.click(await screen.findByRole("button", { name: "Refund" }));
  const dialog = within(await screen.findByRole("dialog"));
  const submit = dialog.getByRole("button", { name: "Refund" });
  expect(submit.hasAttribute("disabled")).toBe(true);
  await userEvent.type(dialog.getByLabelText(/^Reason/), "Bought twice");
  await userEvent.type(dialog.getByLabelText("Credits to take back, in US dollars"), "10");
  await userEvent.click(submit);
  expect(await dialog.findByText("Too much.")).toBeTruthy();
  await userEvent.click(submit);
  const refunds = within(await screen.findByRole("table", { name: "Refunds" }));
  expect(refunds.getByText("Under way")).toBeTruthy();
  expect(sent.at(-1)?.body).toEqual({ reason: "Bought twice", credits: "10" });
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});
