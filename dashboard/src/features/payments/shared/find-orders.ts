// Orders of an account are few, and all there: they are found and written down in the browser.

import type { Order } from "@/api/types";

const NANOS_PER_DOLLAR = 1_000_000_000;

interface OrderFilter {
  status?: string;
  query?: string;
}

/** The orders that a reader asks for: by status, and by a part of the id, the method, the provider or who ordered. */
export function foundIn(
  orders: Order[],
  { status, query = "" }: OrderFilter,
  methodName: (method: string) => string,
): Order[] {
  const wanted = query.trim().toLowerCase();
  return orders.filter((order) => {
    if (status !== undefined && order.status !== status) return false;
    const texts = [order.id, order.label, order.method, methodName(order.method), order.created_by];
    return wanted === "" || texts.some((text) => text.toLowerCase().includes(wanted));
  });
}

const COLUMNS: Record<string, (order: Order) => string> = {
  id: (order) => order.id,
  created_at: (order) => order.created_at,
  status: (order) => order.status,
  provider: (order) => order.provider,
  method: (order) => order.method,
  currency: (order) => order.currency,
  amount: (order) => coins(order.amount_minor, order.currency_exponent),
  credits_usd: (order) => dollars(order.credits_nanos),
  paid_at: (order) => order.paid_at ?? "",
  refunded: (order) => coins(order.refunded_minor, order.currency_exponent),
  credits_taken_back_usd: (order) => dollars(order.taken_back_nanos),
  created_by: (order) => order.created_by,
};

/** Orders as a table. */
export function csvOf(orders: Order[]): string {
  const lines = orders.map((order) => Object.values(COLUMNS).map((column) => cell(column(order))));
  return [Object.keys(COLUMNS), ...lines].map((line) => `${line.join(",")}\r\n`).join("");
}

function coins(minor: number, exponent: number): string {
  return (minor / 10 ** exponent).toFixed(exponent);
}

function dollars(nanos: number): string {
  return String(nanos / NANOS_PER_DOLLAR);
}

/** A cell: quoted where it has to be, and never a formula of a spreadsheet. */
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
