import type { ModelResponse } from "@/api/types";
import type { Measures } from "./conversation";

const TOKENS_PER_PRICE = 1_000_000;

/** What an answer costs by the prices of its model; null where it cannot be told. */
export function costOf(
  measures: Measures,
  model: ModelResponse | undefined,
  priceFactorPercent: number,
): number | null {
  if (!measures.usage || model?.pricing_unit !== "per_million_tokens") return null;
  const { input_price_nanos: input, output_price_nanos: output } = model;
  if (input === null || output === null) return null;
  const list = (measures.usage.input * input + measures.usage.output * output) / TOKENS_PER_PRICE;
  return Math.round((list * priceFactorPercent) / 100);
}

/** Tokens a second from the first one on; null where it was too quick to tell. */
export function speedOf(measures: Measures): number | null {
  const { usage, firstTokenMs, durationMs } = measures;
  if (!usage || firstTokenMs === null || durationMs === null || usage.output < 2) return null;
  const seconds = (durationMs - firstTokenMs) / 1000;
  return seconds > 0.02 ? (usage.output - 1) / seconds : null;
}
