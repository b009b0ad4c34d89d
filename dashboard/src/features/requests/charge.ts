// How a charge came about, from the prices of its moment.

import type { RequestReceiptResponse } from "@/api/types";

const TOKENS_PER_PRICE = 1_000_000;
/** Each class of tokens is rounded by itself, so a sum may be off by this much. */
const ROUNDING_NANOS = 4;

export interface ChargeParts {
  inputNanos: number;
  outputNanos: number;
  /** What the list prices do not explain: the tier's price factor. Null when there is nothing. */
  adjustmentNanos: number | null;
  /** That factor, when it is a plain one. */
  factor: number | null;
}

type Charged = Pick<RequestReceiptResponse, "input_tokens" | "output_tokens" | "charge_nanos" | "prices">;

export function chargeParts(receipt: Charged): ChargeParts | null {
  if (receipt.prices === null) return null;
  const inputNanos = (receipt.input_tokens * receipt.prices.input_nanos_per_million) / TOKENS_PER_PRICE;
  const outputNanos = (receipt.output_tokens * receipt.prices.output_nanos_per_million) / TOKENS_PER_PRICE;
  const list = inputNanos + outputNanos;
  const difference = receipt.charge_nanos - list;
  const isExplained = Math.abs(difference) <= ROUNDING_NANOS;
  return {
    inputNanos,
    outputNanos,
    adjustmentNanos: isExplained ? null : difference,
    factor: isExplained || list === 0 ? null : receipt.charge_nanos / list,
  };
}
