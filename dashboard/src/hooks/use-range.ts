import { useMemo } from "react";
import { type RangePreset, readRange, type TimeRange } from "@/lib/range";
import { useNow } from "./use-now";
import { useSearchState } from "./use-search-state";
import { useTimeZone } from "./use-time-zone";

/** The page's range of time, from its address; presets move on with the clock. */
export function useRange(fallback: RangePreset = "24h"): TimeRange {
  const [search] = useSearchState();
  const now = useNow(60_000);
  const zone = useTimeZone();
  const range = readRange(search, fallback, now, zone);
  // The same object as long as the range is the same, so that it can stand in query keys and dependencies.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the fields are the range
  return useMemo(() => range, [range.preset, range.from, range.to, range.step]);
}
