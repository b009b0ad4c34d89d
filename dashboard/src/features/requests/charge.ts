// How a charge came about, from the prices of its moment.

import type { RequestReceiptResponse } from "@/api/types";

/** Each meter is rounded by itself, so a sum may be off by this much. */
const ROUNDING_NANOS = 4;

type Prices = NonNullable<RequestReceiptResponse["prices"]>;

export interface ChargePart {
  meter: string;
  amount: number;
  priceNanos: number;
  /** The price is for a million, not for one. */
  isPerMillion: boolean;
  nanos: number;
}

export interface ChargeParts {
  parts: ChargePart[];
  /** What the list prices do not explain: the tier's price factor. Null when there is nothing. */
  adjustmentNanos: number | null;
  /** That factor, when it is a plain one. */
  factor: number | null;
}

type Charged = Pick<RequestReceiptResponse, "charge_nanos" | "prices">;

export function chargeParts(receipt: Charged): ChargeParts | null {
  if (receipt.prices === null) return null;
  const parts = receipt.prices.lines.map(partOf);
  const list = parts.reduce((sum, part) => sum + part.nanos, 0);
  const difference = receipt.charge_nanos - list;
  const isExplained = Math.abs(difference) <= ROUNDING_NANOS;
  return {
    parts,
    adjustmentNanos: isExplained ? null : difference,
    factor: isExplained || list === 0 ? null : receipt.charge_nanos / list,
  };
}

function partOf(line: Prices["lines"][number]): ChargePart {
  return {
    meter: line.meter,
    amount: line.amount,
    priceNanos: line.price_nanos,
    isPerMillion: line.price_amount > 1,
    nanos: (line.amount * line.price_nanos) / line.price_amount,
  };
}
