// Ranges of time as the address bar has them: `?range=7d`, or `?from=…&to=…`.

import type { UsageStep } from "@/api/types";
import { DAY_MS } from "./format";
import type { Search } from "./search";

export const RANGE_PRESETS = ["1h", "24h", "7d", "30d", "90d"] as const;
export type RangePreset = (typeof RANGE_PRESETS)[number];

const HOUR_MS = 3_600_000;
const PRESET_MS: Record<RangePreset, number> = {
  "1h": HOUR_MS,
  "24h": DAY_MS,
  "7d": 7 * DAY_MS,
  "30d": 30 * DAY_MS,
  "90d": 90 * DAY_MS,
};

export interface TimeRange {
  preset: RangePreset | null;
  /** RFC 3339, UTC. */
  from: string;
  to: string;
  step: UsageStep;
}

/** The range of the address. A preset ends with the running step, so that the range stays the same for a while and caches well. */
export function readRange(search: Search, fallback: RangePreset, now: number): TimeRange {
  const from = parseTime(search.from);
  const to = parseTime(search.to);
  if (from !== null && to !== null && from < to) return build(null, from, to);
  const preset = RANGE_PRESETS.find((one) => one === search.range) ?? fallback;
  const span = PRESET_MS[preset];
  const stepMs = STEP_MS[stepFor(span)];
  const end = Math.floor(now / stepMs) * stepMs + stepMs;
  return build(preset, end - span, end);
}

/** The range of the same length right before. */
export function previousRange(range: TimeRange): TimeRange {
  const from = Date.parse(range.from);
  const span = Date.parse(range.to) - from;
  return { ...range, preset: null, from: new Date(from - span).toISOString(), to: range.from };
}

export const STEP_MS: Record<UsageStep, number> = { minute: 60_000, hour: HOUR_MS, day: DAY_MS };

/** The beginnings of all steps in the range, aligned as the server aligns them (UTC). */
export function stepsOf(range: { from: string; to: string; step: UsageStep }): number[] {
  const stepMs = STEP_MS[range.step];
  const steps: number[] = [];
  const end = Date.parse(range.to);
  for (let at = Math.floor(Date.parse(range.from) / stepMs) * stepMs; at < end; at += stepMs) steps.push(at);
  return steps;
}

/** The parameters of the range that one step is. */
export function stepRange(at: number, step: UsageStep): { from: string; to: string } {
  return { from: new Date(at).toISOString(), to: new Date(at + STEP_MS[step]).toISOString() };
}

function build(preset: RangePreset | null, from: number, to: number): TimeRange {
  return {
    preset,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    step: stepFor(to - from),
  };
}

function stepFor(spanMs: number): UsageStep {
  if (spanMs <= 6 * HOUR_MS) return "minute";
  return spanMs <= 8 * DAY_MS ? "hour" : "day";
}

function parseTime(text: string | undefined): number | null {
  if (text === undefined) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}
