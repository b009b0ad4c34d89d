import type { Order } from "@/api/types";

/** How an order can stand, in the order in which it goes. */
export const ORDER_STATUSES = [
  "open",
  "processing",
  "paid",
  "expired",
  "failed",
  "refunded",
  "disputed",
] as const satisfies readonly Order["status"][];
