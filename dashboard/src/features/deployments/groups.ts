import type { AdminDeploymentResponse, DeploymentHealth } from "@/api/types";
import type { Search } from "@/lib/search";

export interface DeploymentGroupRows {
  model: string;
  rows: AdminDeploymentResponse[];
  /** Of all deployments of the model that take requests, also those that the filter leaves out. */
  weights: number;
}

/** Deployments by model; those that are failing first, then by id. */
export function groupDeployments(
  deployments: AdminDeploymentResponse[],
  search: Search,
): DeploymentGroupRows[] {
  const text = (search.query ?? "").trim().toLowerCase();
  const groups = new Map<string, DeploymentGroupRows>();
  for (const one of deployments) {
    const group = groups.get(one.model) ?? { model: one.model, rows: [], weights: 0 };
    groups.set(one.model, group);
    if (!one.paused) group.weights += one.weight;
    const isAsked =
      (text === "" ||
        [one.model, one.provider, one.upstream_model].some((name) => name.toLowerCase().includes(text))) &&
      (search.state === undefined || stateOf(one) === search.state);
    if (isAsked) group.rows.push(one);
  }
  const isFailing = (group: DeploymentGroupRows) => group.rows.some((row) => stateOf(row) === "failing");
  return [...groups.values()]
    .filter((group) => group.rows.length > 0)
    .sort(
      (left, right) =>
        Number(isFailing(right)) - Number(isFailing(left)) || left.model.localeCompare(right.model),
    );
}

/** The part of the model's requests that goes here first; `null` for one that is only a fallback. */
export function shareOf(weight: number, weights: number): number | null {
  return weight === 0 || weights === 0 ? null : weight / weights;
}

export type DeploymentState = DeploymentHealth["state"] | "paused";

/** The state that people look for: of a deployment that gets no requests, that it is paused. */
export function stateOf(deployment: AdminDeploymentResponse): DeploymentState {
  return deployment.paused ? "paused" : deployment.health.state;
}

export function stateCounts(deployments: AdminDeploymentResponse[]): Record<DeploymentState, number> {
  const counts = { idle: 0, healthy: 0, failing: 0, paused: 0 };
  for (const one of deployments) counts[stateOf(one)] += 1;
  return counts;
}
