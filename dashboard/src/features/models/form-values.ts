import type { AdminModelResponse, WriteModelRequest } from "@/api/types";
import { dollarsToNanos, nanosToDollars } from "@/lib/price";

export const PRICING_UNITS = [
  "per_million_tokens",
  "per_image",
  "per_second",
  "per_request",
  "per_million_characters",
  "per_search",
];

/** Attributes that routing goes by: the form does not show them, and what it does not send stays. */
type Routing = "fallbacks" | "retry_after_timeout" | "routes" | "routing_policy" | "sticky_prompts";

/** The fields of the form: prices are dollars as they are typed. */
export interface ModelValues
  extends Required<
    Omit<
      WriteModelRequest,
      "created" | "context_length" | "max_output_tokens" | "stream_timeout_seconds" | Routing
    >
  > {
  context_length: number | "";
  max_output_tokens: number | "";
  stream_timeout_seconds: number | "";
  input_price: string;
  output_price: string;
}

/** A price of a model in nano-dollars; 0 where it has none. */
export function priceOf(model: AdminModelResponse | null, side: "input" | "output"): number {
  return dollarsToNanos(model?.prices[side] ?? "0") ?? 0;
}

export function modelToValues(model: AdminModelResponse | null, lowestTier: string): ModelValues {
  return {
    id: model?.id ?? "",
    display_name: model?.display_name ?? "",
    owned_by: model?.owned_by ?? "",
    model_type: model?.model_type ?? "chat",
    min_tier: model?.min_tier ?? lowestTier,
    context_length: model?.context_length ?? "",
    max_output_tokens: model?.max_output_tokens ?? "",
    stream_timeout_seconds: model?.stream_timeout_seconds ?? "",
    capabilities: model?.capabilities ?? ["chat", "streaming"],
    aliases: model?.aliases ?? [],
    pricing_unit: model?.pricing_unit ?? "per_million_tokens",
    prices: model?.prices ?? {},
    input_price: nanosToDollars(priceOf(model, "input")),
    output_price: nanosToDollars(priceOf(model, "output")),
    is_public: model?.is_public ?? true,
  };
}

export function valuesToModel(values: ModelValues): WriteModelRequest {
  const { input_price, output_price, context_length, max_output_tokens, stream_timeout_seconds, ...rest } =
    values;
  return {
    ...rest,
    display_name: values.display_name.trim() || values.id,
    context_length: context_length === "" ? null : context_length,
    max_output_tokens: max_output_tokens === "" ? null : max_output_tokens,
    stream_timeout_seconds: stream_timeout_seconds === "" ? null : stream_timeout_seconds,
    // Prices of other meters, which the form does not show, stay.
    prices: { ...values.prices, input: input_price.trim(), output: output_price.trim() },
  };
}
