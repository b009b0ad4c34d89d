// What is chosen in the sheet, and the request that it makes. Pure: the sheet shows it, the server checks it.

import type { CatalogRequest, ProviderModel, WriteModelRequest, WriteProviderRequest } from "@/api/types";
import { dollarsToNanos, withMarkUp } from "@/lib/price";

/** The meters that the sheet has fields for, in their order; the others of a cost get their mark-up unseen. */
export const PRICED = ["input", "cache_read", "output"] as const;
export type PricedMeter = (typeof PRICED)[number];
/** Without these a model has no price. */
const NEEDED: readonly PricedMeter[] = ["input", "output"];

export interface Draft {
  /** Names of chosen models at the provider, in the order in which they were chosen. */
  chosen: string[];
  /** Percent on top of what the provider takes. */
  markUp: number;
  minTier: string;
  /** Prices that were typed, by model; what is not typed follows the cost. */
  typed: Record<string, Partial<Record<PricedMeter, string>>>;
}

export function toggled(draft: Draft, id: string): Draft {
  const isChosen = draft.chosen.includes(id);
  return {
    ...draft,
    chosen: isChosen ? draft.chosen.filter((one) => one !== id) : [...draft.chosen, id],
  };
}

export function withPrice(draft: Draft, id: string, meter: PricedMeter, text: string): Draft {
  return { ...draft, typed: { ...draft.typed, [id]: { ...draft.typed[id], [meter]: text } } };
}

/** The price as the field shows it: typed, or the cost with the mark-up; empty where it is not known. */
export function shownPrice(draft: Draft, model: ProviderModel, meter: PricedMeter): string {
  return draft.typed[model.id]?.[meter] ?? withMarkUp(model.cost[meter], draft.markUp) ?? "";
}

/** Fields that hold something other than a price. */
export function isWrong(text: string): boolean {
  return text.trim() !== "" && dollarsToNanos(text) === null;
}

/** Chosen models that would be free because nobody knows or says their price. */
export function unpriced(draft: Draft, models: readonly ProviderModel[]): ProviderModel[] {
  return models.filter(
    (model) =>
      draft.chosen.includes(model.id) &&
      NEEDED.some((meter) => shownPrice(draft, model, meter).trim() === ""),
  );
}

export function hasWrongPrice(draft: Draft, models: readonly ProviderModel[]): boolean {
  return models.some(
    (model) =>
      draft.chosen.includes(model.id) && PRICED.some((meter) => isWrong(shownPrice(draft, model, meter))),
  );
}

/** A model of which only the name is known, typed by hand. */
export function unknownModel(id: string): ProviderModel {
  return {
    id,
    display_name: null,
    model_type: null,
    context_length: null,
    max_output_tokens: null,
    capabilities: [],
    cost: {},
    is_long_context_dearer: false,
    deployments: 0,
  };
}

/** `provider` null: it is saved already, under `providerName`. Models that exist already get a deployment only. */
export function requestOf(
  draft: Draft,
  {
    models,
    provider,
    providerName,
    kind,
    known,
  }: {
    models: readonly ProviderModel[];
    provider: WriteProviderRequest | null;
    providerName: string;
    kind: string;
    known: readonly string[];
  },
): CatalogRequest {
  const chosen = draft.chosen.flatMap((id) => models.find((model) => model.id === id) ?? []);
  return {
    providers: provider ? [provider] : [],
    models: chosen.filter((model) => !known.includes(model.id)).map((model) => modelOf(draft, model, kind)),
    deployments: chosen.map((model) => ({
      model: model.id,
      provider: providerName,
      upstream_model: model.id,
    })),
  };
}

function modelOf(draft: Draft, model: ProviderModel, kind: string): WriteModelRequest {
  const { display_name, model_type } = model;
  return {
    id: model.id,
    ...(display_name ? { display_name } : {}),
    owned_by: ownerOf(model.id, kind),
    ...(model_type ? { model_type } : {}),
    min_tier: draft.minTier,
    context_length: model.context_length,
    max_output_tokens: model.max_output_tokens,
    capabilities: model.capabilities,
    prices: pricesOf(draft, model),
  };
}

/** `meta-llama/…` is by meta-llama, whoever serves it. */
function ownerOf(id: string, kind: string): string {
  const slash = id.indexOf("/");
  return slash > 0 ? id.slice(0, slash) : kind;
}

function pricesOf(draft: Draft, model: ProviderModel): Record<string, string> {
  const prices: Record<string, string> = {};
  for (const [meter, cost] of Object.entries(model.cost)) {
    const price = withMarkUp(cost, draft.markUp);
    if (price !== null) prices[meter] = price;
  }
  for (const meter of PRICED) {
    const text = shownPrice(draft, model, meter).trim();
    if (text === "") delete prices[meter];
    else prices[meter] = text;
  }
  return prices;
}
