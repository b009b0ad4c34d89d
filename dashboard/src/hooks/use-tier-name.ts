import { useCallback } from "react";
import { useNames } from "./use-names";

/** The names that the tiers of a new installation have. */
const FIRST_NAMES: Record<string, string> = {
  free: "Free",
  basic: "Basic",
  pro: "Pro",
  enterprise: "Enterprise",
};

/** The name of a tier: as the operator wrote it; in the reader's language where it is the name that it began with. */
export function useTierName(): (id: string, displayName?: string) => string {
  const word = useNames("tier");
  return useCallback(
    (id, displayName) =>
      displayName !== undefined && displayName !== FIRST_NAMES[id]
        ? displayName
        : word(id, displayName ?? id),
    [word],
  );
}
