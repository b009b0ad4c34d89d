// Searching and sorting the catalogue in the browser.

import type { ModelResponse } from "@/api/types";
import type { Search } from "@/lib/search";

export const SORTS = ["name", "input_price", "context"] as const;
export type Sort = (typeof SORTS)[number];

export interface Facets {
  types: string[];
  capabilities: string[];
  providers: string[];
}

export function facetsOf(models: readonly ModelResponse[]): Facets {
  const sorted = (values: Iterable<string>) => [...new Set(values)].sort();
  return {
    types: sorted(models.map((model) => model.model_type)),
    capabilities: sorted(models.flatMap((model) => model.capabilities)),
    providers: sorted(models.flatMap((model) => [model.owned_by, ...model.providers])),
  };
}

export function findModels(models: readonly ModelResponse[], search: Search): ModelResponse[] {
  const words = (search.query ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (model: ModelResponse) => {
    const text = [model.id, model.display_name, model.owned_by, ...(model.aliases ?? [])]
      .join(" ")
      .toLowerCase();
    return (
      words.every((word) => text.includes(word)) &&
      (!search.type || model.model_type === search.type) &&
      (!search.capability || model.capabilities.includes(search.capability)) &&
      (!search.provider || model.owned_by === search.provider || model.providers.includes(search.provider)) &&
      (search.available !== "yes" || model.is_available)
    );
  };
  return sortModels(models.filter(matches), readSort(search));
}

export function readSort(search: Search): Sort {
  return SORTS.find((sort) => sort === search.sort) ?? "name";
}

function sortModels(models: ModelResponse[], sort: Sort): ModelResponse[] {
  const byName = (left: ModelResponse, right: ModelResponse) =>
    left.display_name.localeCompare(right.display_name);
  const last = Number.POSITIVE_INFINITY;
  return models.sort((left, right) => {
    if (sort === "input_price") {
      return (left.input_price_nanos ?? last) - (right.input_price_nanos ?? last) || byName(left, right);
    }
    if (sort === "context")
      return (right.context_length ?? 0) - (left.context_length ?? 0) || byName(left, right);
    return byName(left, right);
  });
}

/** Models with one price: those without output, and those that are priced by another unit than tokens. */
export function hasOnePrice(model: ModelResponse): boolean {
  return ["embedding", "rerank", "moderation"].includes(model.model_type) || !isPerMillion(model);
}

export function isPerMillion(model: ModelResponse): boolean {
  return model.pricing_unit === "per_million_tokens";
}

export function isFree(model: ModelResponse): boolean {
  return (model.input_price_nanos ?? 0) === 0 && (model.output_price_nanos ?? 0) === 0;
}

export function isChat(model: ModelResponse): boolean {
  return model.model_type === "chat";
}
