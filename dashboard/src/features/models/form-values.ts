import type { AdminModelResponse, WriteModelRequest } from "@/api/types";
import { dollarsToNanos, nanosToDollars } from "@/lib/price";
import { type RuleValues, ruleToValues, valuesToRule } from "./route-rules";

export const PRICING_UNITS = [
  "per_million_tokens",
  "per_image",
  "per_second",
  "per_request",
  "per_million_characters",
  "per_search",
];

export const ROUTING_POLICIES = ["weights", "least_in_flight", "lowest_latency", "lowest_cost"] as const;

/** The fields of the form: prices are dollars as they are typed. */
export interface ModelValues
  extends Required<
    Omit<
      WriteModelRequest,
      "created" | "context_length" | "max_output_tokens" | "stream_timeout_seconds" | "routes"
    >
  > {
  context_length: number | "";
  max_output_tokens: number | "";
  stream_timeout_seconds: number | "";
  input_price: string;
  output_price: string;
  /** Its rules choose the model that serves; what they are otherwise is kept until the form is sent. */
  is_virtual: boolean;
  routes: RuleValues[];
}

/** Its rules choose the model that serves; it has no deployments of its own. */
export function isVirtual(model: Pick<AdminModelResponse, "routes">): boolean {
  return model.routes.length > 0;
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
    fallbacks: model?.fallbacks ?? [],
    retry_after_timeout: model?.retry_after_timeout ?? false,
    routing_policy: model?.routing_policy ?? "weights",
    sticky_prompts: model?.sticky_prompts ?? false,
    is_virtual: (model?.routes.length ?? 0) > 0,
    routes: (model?.routes ?? []).map(ruleToValues),
  };
}

export function valuesToModel(values: ModelValues): WriteModelRequest {
  const { input_price, output_price, is_virtual, routes, ...rest } = values;
  const { context_length, max_output_tokens, stream_timeout_seconds } = values;
  return {
    ...rest,
    display_name: values.display_name.trim() || values.id,
    context_length: context_length === "" ? null : context_length,
    max_output_tokens: max_output_tokens === "" ? null : max_output_tokens,
    stream_timeout_seconds: stream_timeout_seconds === "" ? null : stream_timeout_seconds,
    // Prices of other meters, which the form does not show, stay.
    prices: { ...values.prices, input: input_price.trim(), output: output_price.trim() },
    routes: is_virtual ? routes.map(valuesToRule) : [],
  };
}
