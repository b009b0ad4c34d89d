import { useQuery } from "@tanstack/react-query";
import { accountQuery, useAccount } from "@/api/session";
import type { ApiKeyResponse } from "@/api/types";
import { daysSince } from "@/lib/format";

/** After how many days the account wants the secrets of its live keys to be replaced; null for never, or as long as it is not known. */
export function useRotationDays(): number | null {
  const { id } = useAccount();
  return useQuery(accountQuery(id)).data?.key_rotation_days ?? null;
}

export function isUsable(key: Pick<ApiKeyResponse, "status">): boolean {
  return key.status === "active" || key.status === "expiring";
}

export function secretAgeDays(key: Pick<ApiKeyResponse, "secret_created_at">, now: number): number {
  return Math.max(0, daysSince(key.secret_created_at, now));
}

/** Only a live key that works can be due: nobody rotates a revoked one, and a test key has nothing to lose. */
export function isRotationDue(
  key: Pick<ApiKeyResponse, "status" | "environment" | "secret_created_at">,
  now: number,
  rotationDays: number | null,
): boolean {
  if (rotationDays === null || !isUsable(key) || key.environment !== "live") return false;
  return secretAgeDays(key, now) >= rotationDays;
}
