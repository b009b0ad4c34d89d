import type { UseFormReturnType } from "@mantine/form";
import { ApiError } from "@/api/client";

const FIELDS: Record<string, string> = {
  name: "name",
  expires_at: "expiry",
  "limits.requests_per_minute": "limits.requests_per_minute",
  "limits.tokens_per_minute": "limits.tokens_per_minute",
  "limits.requests_per_day": "limits.requests_per_day",
  "limits.concurrent_requests": "limits.concurrent_requests",
  "restrictions.models": "restrictions.models",
  "restrictions.endpoints": "restrictions.endpoints",
  "restrictions.networks": "restrictions.networks",
};

/** Puts a refusal beside the field that it names; `false` when it names none of ours. */
export function showAtField<Values>(form: UseFormReturnType<Values>, error: unknown): boolean {
  if (!(error instanceof ApiError) || error.param === null) return false;
  const field = FIELDS[error.param];
  if (field === undefined) return false;
  form.setFieldError(field, error.message);
  return true;
}
