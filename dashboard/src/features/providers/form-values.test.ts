import { describe, expect, it } from "vitest";
import type { AdminProviderResponse } from "@/api/types";
import { credentialToSend, movesSealedSecret, type ProviderValues } from "./form-values";

const provider: AdminProviderResponse = {
  name: "openai",
  kind: "openai",
  base_url: null,
  credential: { source: "sealed", env: null },
  credentials: [],
  active_probes: false,
  sends_flow: false,
  is_credential_set: true,
  serves_test_keys: false,
  stream_usage: null,
  auth: {
    method: null,
    header: null,
    profile: null,
    region: null,
    scope: null,
    service: null,
    token_url: null,
  },
  headers: {},
  variables: {},
  origin: "database",
  deployments: 0,
};
const values: ProviderValues = {
  name: "openai",
  kind: "openai",
  base_url: "",
  mode: "keep",
  secret: "",
  env: "",
  serves_test_keys: false,
  stream_usage: "",
};

describe("the credential of a provider", () => {
  it("is left out when it is kept", () => {
    expect(credentialToSend(values)).toBeUndefined();
  });

  it("is a secret or a variable, never both", () => {
    const both = { ...values, secret: "s", env: "E" };
    expect(credentialToSend({ ...both, mode: "secret" })).toEqual({ secret: "s" });
    expect(credentialToSend({ ...both, mode: "env" })).toEqual({ env: "E" });
  });

  it("must be given again with another address", () => {
    expect(movesSealedSecret(provider, values)).toBe(false);
    const moved = { ...values, base_url: "https://elsewhere.example/v1" };
    expect(movesSealedSecret(provider, moved)).toBe(true);
    expect(movesSealedSecret(provider, { ...moved, mode: "secret", secret: "s" })).toBe(false);
  });
});
