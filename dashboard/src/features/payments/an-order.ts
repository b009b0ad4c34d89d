// An order for tests.

import type { Order } from "@/api/types";

/** An order that was paid; a test says what is different of its own. */
export function anOrder(order: Partial<Order> = {}): Order {
  return {
    id: "ord_1",
    account_id: "acct_1",
    provider: "alipay",
    label: "Alipay",
    method: "wxpay",
    currency: "CNY",
    currency_exponent: 2,
    amount_minor: 14_600,
    credits_nanos: 20_000_000_000,
    status: "paid",
    url: null,
    created_by: "ann@example.com",
    created_at: "2026-11-30T10:00:00Z",
    expires_at: "2026-11-30T11:00:00Z",
    paid_at: "2026-11-30T10:02:00Z",
    refunded_minor: 0,
    taken_back_nanos: 0,
    refund_requested_at: null,
    refund_request_reason: "",
    can_request_refund: false,
    ...order,
  };
}
