// The time zone in which days and months begin, as the reader chose it: the browser's own unless told.

const KEY = "yunxin-time-zone";
const listeners = new Set<() => void>();

/** The zone of this browser. */
export function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

export function chosenTimeZone(): string {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(KEY);
  } catch {
    // Storage may be switched off; then it is the browser's own.
  }
  return stored !== null && isTimeZone(stored) ? stored : ownTimeZone();
}

export function chooseTimeZone(zone: string): void {
  try {
    if (zone === ownTimeZone()) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, zone);
  } catch {
    // As above.
  }
  for (const listener of listeners) listener();
}

export function onTimeZone(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

export interface Day {
  year: number;
  /** From 1. */
  month: number;
  day: number;
}

/** The day that a moment lies in. */
export function dayIn(zone: string, at: number): Day {
  const { year, month, day } = partsIn(zone, at);
  return { year, month, day };
}

/** When a day begins in a zone. Days and months beyond their ends are those of the next month or year. */
export function beginOf(zone: string, { year, month, day }: Day): number {
  const wall = Date.UTC(year, month - 1, day);
  // Twice, because the offset is that of the moment that is looked for.
  const first = wall - offsetAt(zone, wall);
  return wall - offsetAt(zone, first);
}

/** How far the clocks of a zone are ahead of UTC, in milliseconds. */
function offsetAt(zone: string, at: number): number {
  const { year, month, day, hour, minute, second } = partsIn(zone, at);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function partsIn(zone: string, at: number) {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
      hourCycle: "h23",
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map((part) => [part.type, Number(part.value)]));
  return {
    year: parts.year ?? 1970,
    month: parts.month ?? 1,
    day: parts.day ?? 1,
    hour: parts.hour ?? 0,
    minute: parts.minute ?? 0,
    second: parts.second ?? 0,
  };
}
