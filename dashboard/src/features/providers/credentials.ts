import type {
  AdminDeploymentResponse,
  AdminProviderResponse,
  CredentialSpec,
  CredentialState,
  ProviderChange,
} from "@/api/types";

/** What a credential without a label of its own is called. */
const DEFAULT_LABEL = "default";

export interface Credential {
  label: string;
  spec: CredentialSpec;
  /** The first one, which cannot be removed while it is the only one of its place. */
  isMain: boolean;
}

/** All credentials of a provider, in the order of their turns. */
export function credentialsOf(provider: AdminProviderResponse): Credential[] {
  const { credential, credentials } = provider;
  const main = { label: labelOf(credential), spec: credential, isMain: true };
  const further = credentials.map((spec) => ({ label: labelOf(spec), spec, isMain: false }));
  return credential.source === "none" ? further : [main, ...further];
}

function labelOf(spec: CredentialSpec): string {
  return spec.label ?? DEFAULT_LABEL;
}

/** One more; it takes the first place where that is free. */
export function withCredential(provider: AdminProviderResponse, added: CredentialSpec): ProviderChange {
  if (provider.credential.source === "none") return { credential: added };
  return { credentials: [...provider.credentials, added] };
}

/** Another secret under the same label; the others are sent back as they were read, which keeps theirs. */
export function withReplaced(
  provider: AdminProviderResponse,
  { label, isMain, spec }: Credential,
  replacement: CredentialSpec,
): ProviderChange {
  const replaced = { ...replacement, label: spec.label };
  if (isMain) return { credential: replaced };
  return { credentials: provider.credentials.map((one) => (labelOf(one) === label ? replaced : one)) };
}

export function withoutCredential(provider: AdminProviderResponse, label: string): ProviderChange {
  return { credentials: provider.credentials.filter((one) => labelOf(one) !== label) };
}

export interface StateAtDeployment {
  deployment: AdminDeploymentResponse;
  state: CredentialState;
}

const URGENCY = ["open", "half_open", "closed"];

/** How a credential does at each deployment, the worst first. */
export function statesOf(
  label: string,
  provider: string,
  deployments: readonly AdminDeploymentResponse[],
): StateAtDeployment[] {
  return deployments
    .filter((deployment) => deployment.provider === provider)
    .flatMap((deployment) => {
      const state = deployment.credential_states.find((one) => one.label === label);
      return state ? [{ deployment, state }] : [];
    })
    .sort((one, other) => URGENCY.indexOf(one.state.breaker) - URGENCY.indexOf(other.state.breaker));
}
