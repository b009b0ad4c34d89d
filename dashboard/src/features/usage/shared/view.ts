// How the page is set up, as the address bar has it: a link to what one sees shows the same to others.

import type { Audience } from "@/api/audience";
import type { UsageGroupBy } from "@/api/types";
import type { Search } from "@/lib/search";
import type { UsageFilter } from "../queries";
import { METRICS, type Metric } from "./sums";
import type { ChartKind } from "./usage-chart";

const ACCOUNT_GROUPS: readonly UsageGroupBy[] = ["model", "api_key", "environment", "status", "endpoint"];
const OPERATOR_GROUPS: readonly UsageGroupBy[] = ["model", "account", "provider", "status"];
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

export function groupsOf(audience: Audience): readonly UsageGroupBy[] {
  return audience === "operator" ? OPERATOR_GROUPS : ACCOUNT_GROUPS;
}

export function readView(search: Search, audience: Audience): UsageView {
  return {
    metric: readMetric(search),
    kind: KINDS.find((kind) => kind === search.kind) ?? "bars",
    groupBy:
      search.group === UNGROUPED
        ? undefined
        : (groupsOf(audience).find((group) => group === search.group) ?? DEFAULT_GROUP),
    isCompared: search.compare === "1",
    filter: readFilter(search, audience),
  };
}

export function readMetric(search: Search): Metric {
  return METRICS.find((metric) => metric === search.metric) ?? "requests";
}

function readFilter(search: Search, audience: Audience): UsageFilter {
  const isEnvironment = search.environment === "live" || search.environment === "test";
  const common = {
    model: search.model || undefined,
    environment: isEnvironment ? search.environment : undefined,
    status: search.status || undefined,
  };
  return audience === "operator"
    ? { ...common, account_id: search.account_id || undefined, provider: search.provider || undefined }
    : { ...common, api_key_id: search.api_key_id || undefined, endpoint: search.endpoint || undefined };
}

/** The filter that shows a group alone; `null` for groups that have a page of their own instead. */
export function filterName(groupBy: UsageGroupBy): keyof UsageFilter | null {
  if (groupBy === "account") return null;
  return groupBy === "api_key" ? "api_key_id" : groupBy;
}
