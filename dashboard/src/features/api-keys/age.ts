import type { ApiKeyResponse } from "@/api/types";
import { daysSince } from "@/lib/format";

/** A secret older than this is worth replacing. */
export const ROTATE_AFTER_DAYS = 90;

export function isUsable(key: Pick<ApiKeyResponse, "status">): boolean {
  return key.status === "active" || key.status === "expiring";
}

export function secretAgeDays(key: Pick<ApiKeyResponse, "secret_created_at">, now: number): number {
  return Math.max(0, daysSince(key.secret_created_at, now));
}

/** Only a key that works can be due: nobody rotates a revoked one. */
export function isRotationDue(
  key: Pick<ApiKeyResponse, "status" | "secret_created_at">,
  now: number,
): boolean {
  return isUsable(key) && secretAgeDays(key, now) > ROTATE_AFTER_DAYS;
}
