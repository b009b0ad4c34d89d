import { describe, expect, it } from "vitest";
import type { AdminProviderResponse, ProviderKindResponse } from "@/api/types";
import {
  authToSend,
  credentialToSend,
  lacksVariable,
  movesSealedSecret,
  type ProviderValues,
  valuesToProvider,
} from "./form-values";

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
  media_urls: null,
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
  active_probes: false,
  stream_usage: "",
  media_urls: "",
  variables: {},
  auth_method: "",
  auth_header: "",
  auth_token_url: "",
  auth_scope: "",
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

describe("the variables of a kind's address", () => {
  const azure: ProviderKindResponse = {
    kind: "azure_openai",
    label: "Azure OpenAI",
    default_base_url: null,
    address: "https://{resource}.example/openai",
    group: "cloud",
    variables: [
      { name: "resource", default: null },
      { name: "api_version", default: "v1" },
    ],
    auth_method: "header",
  };

  it("are needed where they have no value of their own, unless an address is given", () => {
    expect(lacksVariable(values, azure)).toBe(true);
    expect(lacksVariable({ ...values, variables: { resource: " " } }, azure)).toBe(true);
    expect(lacksVariable({ ...values, variables: { resource: "contoso" } }, azure)).toBe(false);
    expect(lacksVariable({ ...values, base_url: "https://models.example.com/v1" }, azure)).toBe(false);
  });

  it("are sent when they are given and the kind has them", () => {
    const typed = {
      ...values,
      variables: { resource: " contoso ", region: "of another kind", api_version: "" },
    };
    expect(valuesToProvider(typed, azure).variables).toEqual({ resource: "contoso" });
    expect(valuesToProvider(values, azure)).not.toHaveProperty("variables");
  });
});

describe("the way in which a credential is presented", () => {
  it("is left out where it is the kind's", () => {
    expect(valuesToProvider(values)).not.toHaveProperty("auth");
  });

  it("is sent with what it asks for, and without what another way asked for", () => {
    const oauth = { ...values, auth_method: "oauth", auth_token_url: "https://login.example.com/token" };
    const sent = valuesToProvider({ ...oauth, auth_header: "x-left-over" }).auth;
    expect(sent).toMatchObject({
      method: "oauth",
      token_url: "https://login.example.com/token",
      header: null,
    });
    const header = { ...values, auth_method: "header", auth_header: "x-key" };
    expect(authToSend(header, { ...provider.auth, ...sent })).toMatchObject({
      method: "header",
      header: "x-key",
      token_url: null,
    });
  });

  it("keeps what the form does not show", () => {
    const aws = { ...provider.auth, method: "aws" as const, profile: "models", region: "eu-central-1" };
    expect(authToSend({ ...values, auth_method: "aws" }, aws)).toEqual(aws);
  });
});
