import { describe, expect, it } from "vitest";
import type { AdminDeploymentResponse, AdminProviderResponse } from "@/api/types";
import { credentialsOf, statesOf, withCredential, withoutCredential, withReplaced } from "./credentials";

const SPARE = { label: "spare", source: "sealed", env: null } as const;
const LATE = { label: "late", source: "env", env: "LATE_KEY" } as const;

function providerWith(change: Partial<AdminProviderResponse>): AdminProviderResponse {
  const credential = { label: null, source: "sealed", env: null };
  return { name: "own", credential, credentials: [SPARE, LATE], ...change } as AdminProviderResponse;
}

describe("the credentials of a provider", () => {
  it("are all of them in the order of their turns, the first by the name that logs know it by", () => {
    expect(credentialsOf(providerWith({})).map(({ label }) => label)).toEqual(["default", "spare", "late"]);
    const none = providerWith({ credential: { source: "none" }, credentials: [] });
    expect(credentialsOf(none)).toEqual([]);
  });

  it("get one more in the first place that is free", () => {
    const added = { label: "new", secret: "sk-new" };
    expect(withCredential(providerWith({}), added)).toEqual({ credentials: [SPARE, LATE, added] });
    expect(withCredential(providerWith({ credential: { source: "none" } }), added)).toEqual({
      credential: added,
    });
  });

  it("keep their label and the secrets of the others when one is replaced", () => {
    const provider = providerWith({});
    const [main, spare] = credentialsOf(provider);
    if (!main || !spare) throw new Error("two credentials");
    expect(withReplaced(provider, spare, { secret: "sk" })).toEqual({
      credentials: [{ label: "spare", secret: "sk" }, LATE],
    });
    expect(withReplaced(provider, main, { env: "KEY" })).toEqual({ credential: { label: null, env: "KEY" } });
  });

  it("lose the one that is removed, by its label", () => {
    expect(withoutCredential(providerWith({}), "spare")).toEqual({ credentials: [LATE] });
  });

  it("show how they do at each deployment of the provider, the worst first", () => {
    const at = (id: string, provider: string, breaker: string) =>
      ({ id, provider, credential_states: [{ label: "spare", breaker }] }) as AdminDeploymentResponse;
    const deployments = [at("a", "own", "closed"), at("b", "other", "open"), at("c", "own", "open")];
    const states = statesOf("spare", "own", deployments);
    expect(states.map(({ deployment }) => deployment.id)).toEqual(["c", "a"]);
    expect(statesOf("late", "own", deployments)).toEqual([]);
  });
});
