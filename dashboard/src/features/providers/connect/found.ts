import type { ProviderModels, WriteProviderRequest } from "@/api/types";

/** What the first step found: a provider to save (or none, if it is), and its models. */
export interface Found {
  provider: WriteProviderRequest | null;
  name: string;
  kind: string;
  list: ProviderModels;
}
