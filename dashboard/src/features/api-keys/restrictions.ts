// What a key can be narrowed to, between the form (lists that may be empty) and the API (`null` does not narrow).

import type { Restrictions } from "@/api/types";

export const ENTRIES_MAX = 100;

export interface RestrictionValues {
  models: string[];
  endpoints: string[];
  networks: string[];
}

export const NO_RESTRICTIONS: RestrictionValues = { models: [], endpoints: [], networks: [] };

export function restrictionValues(restrictions: Restrictions): RestrictionValues {
  return {
    models: restrictions.models ?? [],
    endpoints: restrictions.endpoints ?? [],
    networks: restrictions.networks ?? [],
  };
}

export function restrictionsOf(values: RestrictionValues): Restrictions {
  const list = (entries: string[]) => (entries.length > 0 ? entries : null);
  return {
    models: list(values.models),
    endpoints: list(values.endpoints),
    networks: list(values.networks.map((network) => network.trim()).filter(Boolean)),
  };
}

export function isRestricted(restrictions: Restrictions): boolean {
  return [restrictions.models, restrictions.endpoints, restrictions.networks].some((list) => list != null);
}

/** An address or a range of addresses: `203.0.113.7`, `10.0.0.0/8`, `2001:db8::/32`. The server has the last word. */
export function isNetwork(text: string): boolean {
  const [address, prefix, more] = text.trim().split("/");
  if (!address || more !== undefined) return false;
  const bits = prefix === undefined ? null : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (address.includes(":")) {
    return isIpv6(address) && (bits === null || bits <= 128);
  }
  const parts = address.split(".");
  const isIpv4 = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
  return isIpv4 && (bits === null || bits <= 32);
}

function isIpv6(address: string): boolean {
  try {
    // The URL parser knows every way to write one.
    return new URL(`http://[${address}]/`).hostname.length > 2;
  } catch {
    return false;
  }
}
