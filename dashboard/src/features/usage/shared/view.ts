// How the page is set up, as the address bar has it: a link to what one sees shows the same to others.

import type { Environment, UsageGroupBy } from "@/api/types";
import type { Search } from "@/lib/search";
import type { UsageFilter } from "../queries";
import { METRICS, type Metric } from "./sums";
import type { ChartKind } from "./usage-chart";

export const GROUPS: UsageGroupBy[] = ["model", "api_key", "environment", "status", "endpoint"];
export const KINDS: ChartKind[] = ["bars", "area", "line"];
export const DEFAULT_GROUP: UsageGroupBy = "model";
/** In the address: not grouped at all. */
export const UNGROUPED = "none";

export interface UsageView {
  metric: Metric;
  kind: ChartKind;
  groupBy: UsageGroupBy | undefined;
  isCompared: boolean;
  filter: UsageFilter;
}

export function readView(search: Search): UsageView {
  return {
    metric: METRICS.find((metric) => metric === search.metric) ?? "requests",
    kind: KINDS.find((kind) => kind === search.kind) ?? "bars",
    groupBy:
      search.group === UNGROUPED
        ? undefined
        : (GROUPS.find((group) => group === search.group) ?? DEFAULT_GROUP),
    isCompared: search.compare === "1",
    filter: readFilter(search),
  };
}

export function readFilter(search: Search): UsageFilter {
  const environment =
    search.environment === "live" || search.environment === "test"
      ? (search.environment as Environment)
      : undefined;
  return {
    api_key_id: search.api_key_id || undefined,
    model: search.model || undefined,
    environment,
    status: search.status || undefined,
    endpoint: search.endpoint || undefined,
  };
}

/** The filter that shows a group alone; `null` for groups that the endpoint cannot filter by. */
export function filterName(groupBy: UsageGroupBy): keyof UsageFilter | null {
  switch (groupBy) {
    case "api_key":
      return "api_key_id";
    case "model":
    case "environment":
    case "status":
    case "endpoint":
      return groupBy;
    default:
      return null;
  }
}
