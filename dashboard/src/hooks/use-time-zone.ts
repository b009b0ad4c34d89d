import { useSyncExternalStore } from "react";
import { chosenTimeZone, onTimeZone } from "@/lib/time-zone";

/** The time zone in which days begin, as the reader chose it. */
export function useTimeZone(): string {
  return useSyncExternalStore(onTimeZone, chosenTimeZone, chosenTimeZone);
}
