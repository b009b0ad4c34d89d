import { describe, expect, it } from "vitest";
import type { AdminDeploymentResponse, DeploymentHealth } from "@/api/types";
import { groupDeployments, shareOf, stateCounts } from "./groups";

function deployment(
  model: string,
  provider: string,
  weight: number,
  state: DeploymentHealth["state"] = "healthy",
): AdminDeploymentResponse {
  return {
    id: `${model}@${provider}`,
    name: null,
    model,
    provider,
    upstream_model: model,
    weight,
    group: 0,
    cost_prices: {},
    capabilities: [],
    context_length: null,
    credentials: [],
    credential_states: [],
    reserved_for: [],
    reserved_hours: null,
    caches_prompts: false,
    paused: false,
    origin: "database",
    health: {
      state,
      requests: 1,
      errors: 0,
      in_flight: 0,
      duration_ms_avg: null,
      last_error: null,
      last_error_at: null,
      last_error_cause: null,
      last_error_request_id: null,
      last_success_at: null,
    },
  };
}

const rows = [
  deployment("b", "one", 3),
  deployment("b", "two", 1),
  deployment("a", "one", 1),
  deployment("c", "two", 1, "failing"),
];

describe("deployments by model", () => {
  it("put what is failing first, then go by model", () => {
    expect(groupDeployments(rows, {}).map((group) => group.model)).toEqual(["c", "a", "b"]);
  });

  it("keep the weights of the whole model when a filter leaves rows out", () => {
    const [group] = groupDeployments(rows, { query: "two", state: "healthy" });
    expect(group).toMatchObject({ model: "b", weights: 4 });
    expect(group?.rows).toHaveLength(1);
  });

  it("are paused whatever their health, and then have no share and are nobody's concern", () => {
    const paused = { ...deployment("b", "three", 6, "failing"), paused: true };
    const [group] = groupDeployments([...rows, paused], { state: "paused" });
    expect(group).toMatchObject({ model: "b", weights: 4, rows: [paused] });
    expect(stateCounts([...rows, paused])).toEqual({ idle: 0, healthy: 3, failing: 1, paused: 1 });
    expect(groupDeployments([...rows, paused], {}).map((one) => one.model)).toEqual(["c", "a", "b"]);
  });

  it("have no share where the weight is none", () => {
    expect(shareOf(3, 4)).toBe(0.75);
    expect(shareOf(0, 4)).toBeNull();
    expect(shareOf(0, 0)).toBeNull();
  });
});
