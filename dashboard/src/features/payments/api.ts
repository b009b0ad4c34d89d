// The payments of the management API. Until the document has them, their shapes and paths are written here, and nowhere else.

import { infiniteQueryOptions, type QueryKey } from "@tanstack/react-query";
import { send } from "@/api/client";
import type { Page } from "@/api/operations";

/** What a provider takes for so many credits. */
export interface PaymentAmount {
  credits_nanos: number;
  amount_minor: number;
}

export interface PaymentProvider {
  name: string;
  label: string;
  kind: string;
  methods: string[];
  currency: string;
  currency_exponent: number;
  /** Units of the currency for a dollar of credits. */
  price_per_dollar: string;
  amounts: PaymentAmount[];
  min_credits_nanos: number;
  max_credits_nanos: number;
}

export interface PaymentOptions {
  providers: PaymentProvider[];
  balance_max_nanos: number;
  /** 0: refunds cannot be asked for. */
  refund_days: number;
}

export const ORDER_STATUSES = [
  "open",
  "processing",
  "paid",
  "expired",
  "failed",
  "refunded",
  "disputed",
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export interface Order {
  id: string;
  account_id: string;
  provider: string;
  label: string;
  method: string;
  currency: string;
  currency_exponent: number;
  amount_minor: number;
  credits_nanos: number;
  status: OrderStatus;
  /** Where it is paid, while it is open. */
  url: string | null;
  created_by: string;
  created_at: string;
  expires_at: string;
  paid_at: string | null;
  refunded_minor: number;
  taken_back_nanos: number;
  refund_requested_at: string | null;
  refund_request_reason: string;
  can_request_refund: boolean;
}

export interface OrderRow extends Order {
  account_name: string;
  payment_ref: string | null;
  /** The verdict that an operator should look at. */
  attention: string | null;
  shortfall_nanos: number;
}

export interface PaymentEvent {
  id: string;
  at: string;
  source: string;
  order_id: string | null;
  provider: string;
  verdict: string;
  needs_attention: boolean;
  /** A sentence, in English. */
  detail: string;
  raw: string;
}

export interface OrderRefund {
  id: string;
  at: string;
  amount_minor: number;
  credits_nanos: number;
  status: string;
  reason: string;
  by: string;
}

export interface OrderDetails {
  order: OrderRow;
  events: PaymentEvent[];
  refunds: OrderRefund[];
  can_refund: boolean;
}

export interface OperatorOrdersFilter {
  search?: string;
  status?: string;
  provider?: string;
  account_id?: string;
  attention?: string;
}

export interface PaymentEventsFilter {
  verdict?: string;
  attention?: string;
}

export interface NewOrder {
  provider: string;
  method: string;
  /** Dollars, as decimal text. */
  credits: string;
}

const ROWS = 50;
const CUSTOMER_ROWS = 200;
const PAGES_MAX = 25;

const OF_ACCOUNT = "/accounts/{account_id}/credits";

function call<Result>(method: string, path: string, sent: Parameters<typeof send>[2]): Promise<Result> {
  return send(method, path, sent) as Promise<Result>;
}

/** What is called in an account. */
export function paymentsOf(accountId: string) {
  const path = { account_id: accountId };
  const one = (id: string) => ({ ...path, order_id: id });
  return {
    options: (signal: AbortSignal) =>
      call<PaymentOptions>("GET", `${OF_ACCOUNT}/payment-options`, { path, signal }),
    page: (cursor: string | undefined, signal: AbortSignal) =>
      call<Page<Order>>("GET", `${OF_ACCOUNT}/orders`, {
        path,
        signal,
        query: { limit: CUSTOMER_ROWS, cursor },
      }),
    order: (id: string, signal: AbortSignal) =>
      call<Order>("GET", `${OF_ACCOUNT}/orders/{order_id}`, { path: one(id), signal }),
    check: (id: string, signal: AbortSignal) =>
      call<Order>("POST", `${OF_ACCOUNT}/orders/{order_id}/check`, { path: one(id), signal }),
    create: (body: NewOrder) => call<Order>("POST", `${OF_ACCOUNT}/orders`, { path, body }),
    requestRefund: (id: string, reason: string) =>
      call<Order>("POST", `${OF_ACCOUNT}/orders/{order_id}/refund-requests`, {
        path: one(id),
        body: { reason },
      }),
  };
}

/** Every order of an account, newest first. */
export async function allOrders(accountId: string, signal: AbortSignal): Promise<Order[]> {
  const orders: Order[] = [];
  let cursor: string | undefined;
  for (let count = 0; count < PAGES_MAX; count += 1) {
    const page = await paymentsOf(accountId).page(cursor, signal);
    orders.push(...page.data);
    if (!page.next_cursor) break;
    cursor = page.next_cursor;
  }
  return orders;
}

function paged<Row>(queryKey: QueryKey, path: string, query: object) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      call<Page<Row>>("GET", path, { query: { ...query, limit: ROWS, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function operatorOrders(queryKey: QueryKey, filter: OperatorOrdersFilter) {
  return paged<OrderRow>(queryKey, "/admin/orders", filter);
}

export function paymentEvents(queryKey: QueryKey, filter: PaymentEventsFilter) {
  return paged<PaymentEvent>(queryKey, "/admin/payment-events", filter);
}

/** What operators call. */
export const operatorPayments = {
  order: (id: string, signal: AbortSignal) =>
    call<OrderDetails>("GET", "/admin/orders/{id}", { path: { id }, signal }),
  check: (id: string) => call<OrderDetails>("POST", "/admin/orders/{id}/check", { path: { id } }),
  refund: (id: string, body: { reason: string; credits?: string }) =>
    call<OrderDetails>("POST", "/admin/orders/{id}/refund", { path: { id }, body }),
};
