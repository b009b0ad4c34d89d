import { DAY_MS } from "@/lib/format";

export const EXPIRY_PRESETS = ["never", "30d", "90d", "365d", "date"] as const;
export type ExpiryPreset = (typeof EXPIRY_PRESETS)[number];

export interface Expiry {
  preset: ExpiryPreset;
  /** `YYYY-MM-DD` in the reader's time zone; only for the preset `date`. */
  date: string;
}

export const YEARS_MAX = 10;
const PRESET_DAYS: Partial<Record<ExpiryPreset, number>> = { "30d": 30, "90d": 90, "365d": 365 };

export function expiryOf(expiresAt: string | null): Expiry {
  return expiresAt === null
    ? { preset: "never", date: "" }
    : { preset: "date", date: localDate(new Date(expiresAt)) };
}

/** The moment that the choice names: a date means the end of that day; `null` is never. */
export function expiresAt(expiry: Expiry, now: number): string | null {
  if (expiry.preset === "never") return null;
  const days = PRESET_DAYS[expiry.preset];
  if (days !== undefined) return new Date(now + days * DAY_MS).toISOString();
  return new Date(`${expiry.date}T23:59:59`).toISOString();
}

export function isValidExpiry(expiry: Expiry, now: number): boolean {
  if (expiry.preset !== "date") return true;
  const at = Date.parse(`${expiry.date}T23:59:59`);
  return Number.isFinite(at) && at > now && at <= now + YEARS_MAX * 365 * DAY_MS;
}

export function localDate(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}
