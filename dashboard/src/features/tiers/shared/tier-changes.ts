// What becomes different when a tier is edited, or an account moves from one tier to another.

import type { AdminModelResponse, BudgetSpec, TierResponse } from "@/api/types";
import { areSameBudgets } from "@/features/budgets/shared/values";

export const TIER_FIELDS = [
  "display_name",
  "rank",
  "priority",
  "requests_per_minute",
  "tokens_per_minute",
  "requests_per_day",
  "concurrent_requests",
  "account_multiplier",
  "keys_max",
  "price_factor_percent",
  "credits",
  "budgets",
] as const;
export type TierField = (typeof TIER_FIELDS)[number];

export type TierValue = string | number | null | BudgetSpec[];

export interface TierChange {
  field: TierField;
  before: TierValue;
  after: TierValue;
  /** Whether customers get more ("up") or less; null where neither is meant. */
  direction: "up" | "down" | null;
}

const LIMITS: TierField[] = [
  "requests_per_minute",
  "tokens_per_minute",
  "requests_per_day",
  "concurrent_requests",
  "account_multiplier",
  "keys_max",
  "priority",
];

export function tierChanges(before: TierResponse, after: TierResponse): TierChange[] {
  return TIER_FIELDS.filter((field) => !isSame(before[field], after[field])).map((field) => ({
    field,
    before: before[field],
    after: after[field],
    direction: directionOf(field, before[field], after[field]),
  }));
}

function isSame(before: TierValue, after: TierValue): boolean {
  return Array.isArray(before) && Array.isArray(after) ? areSameBudgets(before, after) : before === after;
}

function directionOf(field: TierField, before: TierValue, after: TierValue): "up" | "down" | null {
  if (field === "price_factor_percent") return Number(after) < Number(before) ? "up" : "down";
  if (!LIMITS.includes(field)) return null;
  // No limit is more than any limit.
  const size = (value: TierValue) => (value === null ? Number.POSITIVE_INFINITY : Number(value));
  return size(after) > size(before) ? "up" : "down";
}

/** The ids of the models that a tier of this rank reaches. */
export function reachedModels(
  rank: number,
  models: Pick<AdminModelResponse, "id" | "min_tier">[],
  tiers: Pick<TierResponse, "id" | "rank">[],
): string[] {
  const rankOf = new Map(tiers.map((tier) => [tier.id, tier.rank]));
  return models
    .filter((model) => (rankOf.get(model.min_tier) ?? Number.POSITIVE_INFINITY) <= rank)
    .map((model) => model.id);
}

/** Which models come and which go when `before` becomes `after`. */
export function reachChange(
  before: TierResponse,
  after: TierResponse,
  models: Pick<AdminModelResponse, "id" | "min_tier">[],
  tiers: TierResponse[],
): { gained: string[]; lost: string[] } {
  // A model that asks for this very tier moves along with its rank.
  const afterTiers = tiers.map((tier) => (tier.id === after.id ? { ...tier, rank: after.rank } : tier));
  const had = reachedModels(before.rank, models, tiers);
  const has = reachedModels(after.rank, models, afterTiers);
  return {
    gained: has.filter((id) => !had.includes(id)),
    lost: had.filter((id) => !has.includes(id)),
  };
}
