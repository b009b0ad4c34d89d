import type { AdminProviderResponse, WriteProviderRequest } from "@/api/types";

export interface ProviderValues {
  name: string;
  kind: string;
  /** Empty: the kind's own address. */
  base_url: string;
  mode: "keep" | "secret" | "env" | "none";
  secret: string;
  env: string;
  serves_test_keys: boolean;
  /** Empty: as the kind has it. */
  stream_usage: string;
}

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
export function valuesToProvider(values: ProviderValues): WriteProviderRequest {
  const url = values.base_url.trim();
  return {
    name: values.name,
    kind: values.kind,
    ...(url ? { base_url: url } : {}),
    ...(values.mode === "none" ? {} : { credential: credentialToSend(values) }),
    serves_test_keys: values.serves_test_keys,
    ...(values.stream_usage ? { stream_usage: values.stream_usage } : {}),
  };
}
