// Ranges of time as the address bar has them: `?range=7d`, or `?from=…&to=…`.

import type { UsageStep } from "@/api/types";
import { DAY_MS } from "./format";
import type { Search } from "./search";
import { beginOf, dayIn } from "./time-zone";

/** Ranges that end now. */
export const RANGE_PRESETS = ["1h", "24h", "7d", "30d", "90d"] as const;
/** Ranges of the calendar, in the time zone that the reader chose. */
export const CALENDAR_PRESETS = ["today", "yesterday", "this_month", "last_month"] as const;
type SlidingPreset = (typeof RANGE_PRESETS)[number];
type CalendarPreset = (typeof CALENDAR_PRESETS)[number];
export type RangePreset = SlidingPreset | CalendarPreset;

const HOUR_MS = 3_600_000;
const PRESET_MS: Record<SlidingPreset, number> = {
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
export function readRange(search: Search, fallback: RangePreset, now: number, zone = "UTC"): TimeRange {
  const from = parseTime(search.from);
  const to = parseTime(search.to);
  if (from !== null && to !== null && from < to) return build(null, from, to);
  const named = search.range ?? fallback;
  const calendar = CALENDAR_PRESETS.find((one) => one === named);
  if (calendar) return calendarRange(calendar, now, zone);
  const preset = RANGE_PRESETS.find((one) => one === named) ?? DEFAULT_PRESET;
  const span = PRESET_MS[preset];
  const stepMs = STEP_MS[stepFor(span)];
  const end = Math.floor(now / stepMs) * stepMs + stepMs;
  return build(preset, end - span, end);
}

const DEFAULT_PRESET = "24h";

/** A day or month of the calendar. The running one ends with the running hour. */
function calendarRange(preset: CalendarPreset, now: number, zone: string): TimeRange {
  const { year, month, day } = dayIn(zone, now);
  const hourEnd = Math.floor(now / HOUR_MS) * HOUR_MS + HOUR_MS;
  const begin = (month: number, day: number) => beginOf(zone, { year, month, day });
  switch (preset) {
    case "today":
      return aligned(preset, begin(month, day), hourEnd);
    case "yesterday":
      return aligned(preset, begin(month, day - 1), begin(month, day));
    case "this_month":
      return aligned(preset, begin(month, 1), hourEnd);
    case "last_month":
      return aligned(preset, begin(month - 1, 1), begin(month, 1));
  }
}

/** In the longest step that the range begins and ends with: the server's days are those of UTC. */
function aligned(preset: CalendarPreset, from: number, to: number): TimeRange {
  const isWhole = (stepMs: number) => from % stepMs === 0 && to % stepMs === 0;
  const usual = stepFor(to - from);
  const isDay = usual === "day" && from % DAY_MS === 0;
  // Minutes are kept for a week, and there are at most 1,500 steps: a month of a zone with half hours is in hours.
  const needsMinutes = !isWhole(HOUR_MS) && to - from <= DAY_MS + HOUR_MS;
  const step = isDay ? "day" : needsMinutes ? "minute" : "hour";
  return { ...build(preset, from, to), step };
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
