import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { Order, PaymentOptions } from "@/api/types";
import { BillingPage } from "@/features/credits/page";
import { type Responses, renderPage, type Sent } from "@/test/render-page";
import { anOrder } from "./an-order";
import { orderProgressQuery } from "./queries";
import { goTo } from "./shared/go-to";

vi.mock("./shared/go-to", () => ({ goTo: vi.fn() }));
beforeEach(() => vi.mocked(goTo).mockClear());

const credits = "/accounts/acct_1/credits";
const place = { path: "/a/acct_1/billing", route: "/a/$accountId/billing" };

const OPTIONS: PaymentOptions = {
  providers: [
    {
      name: "epay",
      label: "Paytown",
      kind: "epay",
      methods: ["alipay", "wxpay"],
      currency: "CNY",
      currency_exponent: 2,
      price_per_dollar: "7.3",
      amounts: [
        { credits_nanos: 10_000_000_000, amount_minor: 7300 },
        { credits_nanos: 20_000_000_000, amount_minor: 14_600 },
      ],
      min_credits_nanos: 5_000_000_000,
      max_credits_nanos: 500_000_000_000,
    },
  ],
  balance_max_nanos: 1_000_000_000_000,
  refund_days: 14,
};

function billing(orders: Order[], more: Responses = {}): Responses {
  return {
    [credits]: { body: { mode: "required", balance_nanos: 2_500_000_000, held_nanos: 0 } },
    [`${credits}/entries`]: { body: { data: [], next_cursor: null } },
    [`${credits}/payment-options`]: { body: OPTIONS },
    [`${credits}/orders`]: { body: { data: orders, next_cursor: null } },
    ...more,
  };
}

it("buys an amount by a method: says what one gets and pays, and leaves for the provider", async () => {
  const sent: Sent[] = [];
  const open = anOrder({ status: "open", url: "https://pay.example.com/1" });
  await renderPage(
    BillingPage,
    place,
    billing([], {
      [`${credits}/orders`]: (_, call) => {
        if (call.method === "GET") return { body: { data: [], next_cursor: null } };
        sent.push(call);
        return { status: 201, body: open };
      },
    }),
  );
  await userEvent.click(await screen.findByRole("button", { name: "Buy credits" }));
  const dialog = within(await screen.findByRole("dialog"));
  await userEvent.click(dialog.getByRole("button", { name: /^\$20\.00/ }));
  await userEvent.click(dialog.getByRole("radio", { name: /WeChat Pay/ }));
  expect(dialog.getByText("$20.00 in credits")).toBeTruthy();
  expect(dialog.getByText("$22.50")).toBeTruthy();
  await userEvent.click(dialog.getByRole("button", { name: "Continue and pay CN¥146.00" }));
  await waitFor(() => expect(goTo).toHaveBeenCalledWith("https://pay.example.com/1"));
  expect(sent.map((call) => call.body)).toEqual([{ provider: "epay", method: "wxpay", credits: "20" }]);
});

it("prices an amount that is typed, and says what is wrong with it before it is sent", async () => {
  await renderPage(BillingPage, place, billing([]));
  await userEvent.click(await screen.findByRole("button", { name: "Buy credits" }));
  const dialog = within(await screen.findByRole("dialog"));
  const amount = dialog.getByLabelText("Amount in US dollars");
  await userEvent.clear(amount);
  await userEvent.type(amount, "12.35");
  expect(dialog.getByRole("button", { name: "Continue and pay CN¥90.16" })).toBeTruthy();
  await userEvent.clear(amount);
  await userEvent.type(amount, "4");
  expect(dialog.getByText("At least $5.00.")).toBeTruthy();
  expect(dialog.getByRole("button", { name: "Continue to payment" }).hasAttribute("disabled")).toBe(true);
});

it("offers nothing to buy where no provider is set up", async () => {
  const none = { ...OPTIONS, providers: [] };
  await renderPage(BillingPage, place, billing([], { [`${credits}/payment-options`]: { body: none } }));
  await screen.findByText("$2.50");
  await screen.findByText("Nothing yet");
  expect(screen.queryByRole("button", { name: "Buy credits" })).toBeNull();
  expect(screen.queryByRole("radio", { name: "Orders" })).toBeNull();
});

it("shows how the order stands after the return from the provider, and the way back to it", async () => {
  const open = anOrder({ status: "open", url: "https://pay.example.com/1", paid_at: null });
  const check = { [`${credits}/orders/ord_1/check`]: { body: open } };
  await renderPage(BillingPage, { ...place, path: `${place.path}?order=ord_1` }, billing([open], check));
  const card = within(await screen.findByRole("region", { name: "Order" }));
  expect(await card.findByText(/Waiting for Alipay to confirm your payment/)).toBeTruthy();
  await userEvent.click(card.getByRole("button", { name: "Pay" }));
  expect(goTo).toHaveBeenCalledWith("https://pay.example.com/1");
  await userEvent.click(card.getByRole("button", { name: "Close the order" }));
  await waitFor(() => expect(screen.queryByRole("region", { name: "Order" })).toBeNull());
});

it("what the server knows of an order is shown while its provider cannot be asked", async () => {
  const responses = billing([], {
    [`${credits}/orders/ord_1/check`]: {
      status: 503,
      body: { error: { type: "api_error", code: "payment_provider_unavailable", message: "Down." } },
    },
    [`${credits}/orders/ord_1`]: { body: anOrder() },
  });
  await renderPage(BillingPage, { ...place, path: `${place.path}?order=ord_1` }, responses);
  expect(await screen.findByText("Paid. $20.00 were added to your balance.")).toBeTruthy();
});

it("an order is asked about again until it is decided", () => {
  const { refetchInterval } = orderProgressQuery("acct_1", "ord_1", true);
  const every = (status: Order["status"]) =>
    typeof refetchInterval === "function" &&
    refetchInterval({ state: { data: anOrder({ status }) } } as never);
  expect([every("open"), every("processing")]).toEqual([5000, 5000]);
  expect([every("paid"), every("expired"), every("failed")]).toEqual([false, false, false]);
});

it("lists orders with their status in words, and finds among them", async () => {
  const orders = [anOrder(), anOrder({ id: "ord_2", status: "expired", method: "card", label: "Card" })];
  await renderPage(BillingPage, { ...place, path: `${place.path}?view=orders` }, billing(orders));
  const table = within(await screen.findByRole("table", { name: "Orders" }));
  expect(await table.findByRole("link", { name: "$20.00, order ord_2" })).toBeTruthy();
  expect(table.getByText("Expired")).toBeTruthy();
  await userEvent.type(screen.getByLabelText("Find by ID, method or person"), "wechat");
  await waitFor(() => expect(screen.queryByRole("link", { name: /ord_2/ })).toBeNull());
  expect(screen.getByRole("link", { name: /ord_1/ })).toBeTruthy();
});

it("an owner asks for a refund with a reason, and a member cannot", async () => {
  const sent: Sent[] = [];
  const paid = anOrder({ can_request_refund: true });
  const responses = billing([paid], {
    [`${credits}/orders/ord_1/check`]: { body: paid },
    [`${credits}/orders/ord_1/refund-requests`]: (_, call) => {
      sent.push(call);
      return { status: 201, body: paid };
    },
  });
  const path = `${place.path}?order=ord_1`;
  await renderPage(BillingPage, { ...place, path }, responses, "owner");
  await userEvent.click(await screen.findByRole("button", { name: "Ask for a refund" }));
  const dialog = within(await screen.findByRole("dialog"));
  const submit = dialog.getByRole("button", { name: "Ask for a refund" });
  expect(submit.hasAttribute("disabled")).toBe(true);
  await userEvent.type(dialog.getByLabelText("Reason"), "Bought twice");
  await userEvent.click(submit);
  await waitFor(() => expect(sent.map((call) => call.body)).toEqual([{ reason: "Bought twice" }]));
});

it("a member sees the order without the way to a refund", async () => {
  const paid = anOrder({ can_request_refund: true });
  const check = { [`${credits}/orders/ord_1/check`]: { body: paid } };
  await renderPage(BillingPage, { ...place, path: `${place.path}?order=ord_1` }, billing([paid], check));
  await screen.findByText("Paid. $20.00 were added to your balance.");
  expect(screen.queryByRole("button", { name: "Ask for a refund" })).toBeNull();
});
