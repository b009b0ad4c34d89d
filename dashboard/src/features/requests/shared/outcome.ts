// How a request ended, in the words and colours of the pages.

import type { Tone } from "@/components/status-badge";

export const END_REASONS = [
  "completed",
  "broken",
  "client_closed",
  "failed",
  "server_crashed",
  "refused",
] as const;
export type EndReason = (typeof END_REASONS)[number];

export function knownEndReason(reason: string): EndReason | null {
  return END_REASONS.find((known) => known === reason) ?? null;
}

const END_TONES: Record<EndReason, Tone> = {
  completed: "ok",
  broken: "bad",
  client_closed: "warn",
  server_crashed: "bad",
  failed: "bad",
  refused: "warn",
};

export function endTone(reason: string): Tone {
  const known = knownEndReason(reason);
  return known === null ? "neutral" : END_TONES[known];
}

/** Error codes that have an explanation and a remedy of their own in the texts. */
export const EXPLAINED_CODES = [
  "insufficient_credits",
  "insufficient_permissions",
  "key_revoked",
  "account_suspended",
  "key_frozen",
  "budget_exceeded",
  "model_tier_restricted",
  "invalid_model",
  "model_type_mismatch",
  "no_deployment",
  "rate_limit_exceeded",
  "tokens_exceed_limit",
  "context_length_exceeded",
  "content_filter",
  "invalid_messages",
  "invalid_request_body_encoding",
  "too_many_body_bytes",
  "request_too_large",
  "request_timeout",
  "upstream_error",
  "upstream_timeout",
  "upstream_rate_limited",
  "model_overloaded",
  "upstream_overloaded",
  "upstream_refused",
  "service_unavailable",
  "internal_error",
] as const;
export type ExplainedCode = (typeof EXPLAINED_CODES)[number];

export function explainedCode(code: string | null): ExplainedCode | null {
  return EXPLAINED_CODES.find((known) => known === code) ?? null;
}

export const ATTEMPT_OUTCOMES = [
  "responded",
  "broken",
  "refused",
  "rate_limited",
  "overloaded",
  "quota_exhausted",
  "timeout",
  "connect",
  "unauthorized",
  "invalid_request",
  "context_too_long",
  "content_filtered",
  "failed",
  "protocol",
  "client_closed",
  "server_crashed",
] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

export function attemptOutcome(outcome: string): AttemptOutcome | null {
  return ATTEMPT_OUTCOMES.find((known) => known === outcome) ?? null;
}

export function attemptTone(outcome: string): Tone {
  const known = attemptOutcome(outcome);
  if (known === "responded") return "ok";
  return known === "client_closed" || known === "refused" || known === null ? "warn" : "bad";
}
