import type { ApiKeyResponse } from "@/api/types";
import { DAY_MS } from "@/lib/format";

export const STEPS = ["key", "call", "see"] as const;
export type Step = (typeof STEPS)[number];

/** Whoever used a key that is older than this knows the way, also with a browser that remembers nothing. */
const ESTABLISHED_MS = 3 * DAY_MS;

interface Facts {
  keys: ApiKeyResponse[] | undefined;
  /** A request that a model responded to; one that was refused or failed has shown nothing yet. */
  hasSuccess: boolean;
  /** The receipt of a request was opened from here. */
  hasSeen: boolean;
  now: number;
}

/** What is done and what comes next; `null` while that is not known. */
export function firstSteps({
  keys,
  hasSuccess,
  hasSeen,
  now,
}: Facts): { done: Set<Step>; next: Step | null } | null {
  if (keys === undefined) return null;
  const used = keys.filter((key) => key.last_use !== null);
  const isEstablished = used.some((key) => now - Date.parse(key.created_at) > ESTABLISHED_MS);
  const done = new Set<Step>();
  if (keys.length > 0) done.add("key");
  if (hasSuccess || isEstablished) done.add("call");
  if (isEstablished || (hasSeen && done.has("call"))) done.add("see");
  return { done, next: STEPS.find((step) => !done.has(step)) ?? null };
}
