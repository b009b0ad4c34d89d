import type { AdminProviderResponse, ProviderKindResponse, WriteProviderRequest } from "@/api/types";

export interface ProviderValues {
  name: string;
  kind: string;
  /** Empty: the kind's own address. */
  base_url: string;
  mode: "keep" | "secret" | "env" | "none";
  secret: string;
  env: string;
  serves_test_keys: boolean;
  /** Ejected deployments are looked at by requests of ours. */
  active_probes: boolean;
  /** Empty: as the kind has it. */
  stream_usage: string;
  /** Empty: as the kind has it. */
  media_urls: string;
  /** Of the kind's address, by name. */
  variables: Record<string, string>;
  /** The way in which the credential is presented; empty: as the kind has it. */
  auth_method: string;
  auth_header: string;
  auth_token_url: string;
  auth_scope: string;
}

export const AUTH_METHODS = ["", "bearer", "header", "google", "azure", "oauth", "ibm", "aws"] as const;
type AuthSettings = AdminProviderResponse["auth"];
export type AuthMethod = NonNullable<AuthSettings["method"]>;

/** The settings of a provider whose credential is presented as the kind has it. */
const AUTH_OF_KIND: AuthSettings = {
  method: null,
  header: null,
  profile: null,
  region: null,
  scope: null,
  service: null,
  token_url: null,
};

/** What is asked for depends on the method: a header's name, or where tokens are asked for. */
export function authToSend(values: ProviderValues, before: AuthSettings = AUTH_OF_KIND): AuthSettings {
  const method = (values.auth_method || null) as AuthMethod | null;
  const isOauth = method === "oauth";
  return {
    ...before,
    method,
    header: method === "header" ? values.auth_header.trim() || null : null,
    token_url: isOauth
      ? values.auth_token_url.trim() || null
      : method === before.method
        ? before.token_url
        : null,
    scope: isOauth ? values.auth_scope.trim() || null : method === before.method ? before.scope : null,
  };
}

/** A method that was chosen asks for something that is not there. */
export function lacksAuth(values: ProviderValues, method: AuthMethod, value: string): boolean {
  return values.auth_method === method && value.trim() === "";
}

/** Methods whose credential is no plain API key, or not only that. */
const OWN_CREDENTIALS = ["google", "azure", "oauth", "ibm", "aws"] as const;

/** The method, if it has to be said what its credential is. */
export function ownCredentialOf(method: string | undefined): (typeof OWN_CREDENTIALS)[number] | null {
  return OWN_CREDENTIALS.find((one) => one === method) ?? null;
}

/** The values that are given, of variables that the kind has. */
export function variablesToSend(
  values: ProviderValues,
  kind: ProviderKindResponse | undefined,
): Record<string, string> {
  const known = (kind?.variables ?? []).map(
    ({ name }) => [name, values.variables[name]?.trim() ?? ""] as const,
  );
  return Object.fromEntries(known.filter(([, value]) => value !== ""));
}

/** A variable without a value of its own is missing, and no address stands in for all of them. */
export function lacksVariable(values: ProviderValues, kind: ProviderKindResponse | undefined): boolean {
  if (values.base_url.trim() !== "") return false;
  return (kind?.variables ?? []).some(
    ({ name, default: own }) => own === null && !values.variables[name]?.trim(),
  );
}

export const MEDIA_URLS = ["", "pass", "fetch"] as const;
export const STREAM_USAGES = ["", "learn", "ask", "never"] as const;

/** What goes on the wire; `undefined` leaves the credential as it is. An empty variable takes it away. */
export function credentialToSend(values: ProviderValues): WriteProviderRequest["credential"] | undefined {
  switch (values.mode) {
    case "keep":
      return undefined;
    case "secret":
      return { secret: values.secret };
    case "env":
      return { env: values.env };
    case "none":
      return { env: "" };
  }
}

/** A sealed secret is good for the address that it was given for: with another one it must be given again. */
export function movesSealedSecret(provider: AdminProviderResponse, values: ProviderValues): boolean {
  const isMoved = values.base_url.trim() !== (provider.base_url ?? "");
  return isMoved && values.mode === "keep" && provider.credential.source === "sealed";
}

/** A new provider, as it goes on the wire. */
export function valuesToProvider(values: ProviderValues, kind?: ProviderKindResponse): WriteProviderRequest {
  const url = values.base_url.trim();
  const variables = variablesToSend(values, kind);
  return {
    name: values.name,
    kind: values.kind,
    ...(url ? { base_url: url } : {}),
    ...(values.mode === "none" ? {} : { credential: credentialToSend(values) }),
    serves_test_keys: values.serves_test_keys,
    ...(values.active_probes ? { active_probes: true } : {}),
    ...(values.stream_usage ? { stream_usage: values.stream_usage } : {}),
    ...(values.media_urls ? { media_urls: values.media_urls } : {}),
    ...(Object.keys(variables).length > 0 ? { variables } : {}),
    ...(values.auth_method ? { auth: authToSend(values) } : {}),
  };
}

/** The same members with the same values. */
export function isEqual(left: object, right: object): boolean {
  const sorted = (value: object) => JSON.stringify(Object.entries(value).sort());
  return sorted(left) === sorted(right);
}
