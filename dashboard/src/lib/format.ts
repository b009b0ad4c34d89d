// Numbers, money and times as people read them. Every function takes the language, so that none depends on hidden state;
// components take them bound from `useFormat`.

const NANOS_PER_DOLLAR = 1_000_000_000;
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const NO_VALUE = "–";

const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();
const relativeFormats = new Map<string, Intl.RelativeTimeFormat>();

export function formatNumber(language: string, value: number | null | undefined): string {
  if (value == null) return NO_VALUE;
  return numberFormat(language, { maximumFractionDigits: 2 }).format(value);
}

/** 1,234 stays as it is; 12,345 becomes 12.3K (1.2万 in Chinese). */
export function formatCompact(language: string, value: number | null | undefined): string {
  if (value == null) return NO_VALUE;
  if (Math.abs(value) < 10_000) return numberFormat(language, { maximumFractionDigits: 1 }).format(value);
  return numberFormat(language, { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

export function formatPercent(language: string, fraction: number | null | undefined, digits = 1): string {
  if (fraction == null || !Number.isFinite(fraction)) return NO_VALUE;
  return numberFormat(language, { style: "percent", maximumFractionDigits: digits }).format(fraction);
}

/** Nano-dollars as dollars: two digits, and as many more as a small sum needs to show its first two significant ones. */
export function formatMoney(language: string, nanos: number | null | undefined): string {
  if (nanos == null) return NO_VALUE;
  const dollars = nanos / NANOS_PER_DOLLAR;
  const size = Math.abs(dollars);
  const digits = size === 0 || size >= 1 ? 2 : Math.min(9, Math.max(2, 1 - Math.floor(Math.log10(size))));
  return numberFormat(language, {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: 2,
    maximumFractionDigits: digits,
  }).format(dollars);
}

/** Dollars as nano-dollars. */
export function nanosOf(dollars: number): number {
  return Math.round(dollars * NANOS_PER_DOLLAR);
}

/** The least sum that a headline shows by its figure. */
const CENT_NANOS = NANOS_PER_DOLLAR / 100;

/** Nano-dollars as a headline: dollars and cents, and of less than a cent that it is less. Who wants the rest looks at the exact sum. */
export function formatHeadlineMoney(language: string, nanos: number | null | undefined): string {
  if (nanos == null) return NO_VALUE;
  const dollars = (value: number) =>
    numberFormat(language, {
      style: "currency",
      currency: "USD",
      currencyDisplay: "narrowSymbol",
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
    }).format(value);
  return nanos > 0 && nanos < CENT_NANOS ? `<${dollars(0.01)}` : dollars(nanos / NANOS_PER_DOLLAR);
}

/** Nano-dollars to the last digit, for sums that somebody may check. */
export function formatExactMoney(language: string, nanos: number | null | undefined): string {
  if (nanos == null) return NO_VALUE;
  return numberFormat(language, {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: 2,
    maximumFractionDigits: 9,
  }).format(nanos / NANOS_PER_DOLLAR);
}

/** An amount of any currency, from its least coins. A currency that is no nation's (USDT) is named behind the figure. */
export function formatCurrency(language: string, minor: number, currency: string, exponent: number): string {
  const value = minor / 10 ** exponent;
  const digits = { minimumFractionDigits: exponent, maximumFractionDigits: exponent };
  if (!/^[A-Z]{3}$/.test(currency)) return `${numberFormat(language, digits).format(value)} ${currency}`;
  return numberFormat(language, { style: "currency", currency, ...digits }).format(value);
}

/** The international symbols of units, which English text takes; Chinese has words of its own for them. */
const SYMBOLS = { millisecond: "ms", second: "s", minute: "min", hour: "h" } as const;

/** 850 ms, 1.2 s, 2.0 s, 2 min 5 s: as many digits for a round number as for another, so that a column of them lines up. */
export function formatDuration(language: string, ms: number | null | undefined): string {
  if (ms == null) return NO_VALUE;
  const unit = (value: number, name: keyof typeof SYMBOLS, digits: number) => {
    const digitsOnly = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    if (language.startsWith("en"))
      return `${numberFormat(language, digitsOnly).format(value)} ${SYMBOLS[name]}`;
    return numberFormat(language, { style: "unit", unit: name, unitDisplay: "short", ...digitsOnly }).format(
      value,
    );
  };
  // Each unit begins where the rounded figure of the one below would be a whole one of it.
  if (Math.round(ms) < SECOND_MS) return unit(ms, "millisecond", 0);
  if (ms < MINUTE_MS - 50) return unit(ms / SECOND_MS, "second", 1);
  const seconds = Math.round(ms / SECOND_MS);
  const minutes = Math.round(seconds / 60);
  if (seconds < 3600) {
    return both(unit(Math.floor(seconds / 60), "minute", 0), seconds % 60, (rest) => unit(rest, "second", 0));
  }
  return both(unit(Math.floor(minutes / 60), "hour", 0), minutes % 60, (rest) => unit(rest, "minute", 0));
}

function both(whole: string, rest: number, format: (rest: number) => string): string {
  return rest > 0 ? `${whole} ${format(rest)}` : whole;
}

export function formatBytes(language: string, bytes: number | null | undefined): string {
  if (bytes == null) return NO_VALUE;
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  const index = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return numberFormat(language, {
    style: "unit",
    unit: units[index],
    unitDisplay: "short",
    maximumFractionDigits: index === 0 ? 0 : 1,
  }).format(bytes / 1000 ** index);
}

export type DateStyle =
  | "date"
  | "dateTime"
  | "dateTimeSeconds"
  | "time"
  | "timeSeconds"
  | "timeMs"
  | "dayMonth"
  | "utcDate"
  | "utcDayMonth";

const DATE_STYLES: Record<DateStyle, Intl.DateTimeFormatOptions> = {
  date: { year: "numeric", month: "short", day: "numeric" },
  dateTime: {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  },
  dateTimeSeconds: {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  },
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  timeSeconds: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  timeMs: {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    hourCycle: "h23",
  },
  dayMonth: { month: "short", day: "numeric" },
  utcDate: { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" },
  utcDayMonth: { month: "short", day: "numeric", timeZone: "UTC" },
};

/** A moment in the reader's time zone; the `utc…` styles name the day that sums per day are kept for. */
export function formatDate(
  language: string,
  at: string | Date | number | null | undefined,
  style: DateStyle = "dateTime",
  timeZone?: string,
): string {
  if (at == null) return NO_VALUE;
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return NO_VALUE;
  return dateFormat(language, { timeZone, ...DATE_STYLES[style] }).format(date);
}

/** "3 minutes ago", "in 2 days". */
export function formatRelative(
  language: string,
  at: string | Date | number | null | undefined,
  now: number = Date.now(),
  style: Intl.RelativeTimeFormatStyle = "long",
): string {
  if (at == null) return NO_VALUE;
  const delta = new Date(at).getTime() - now;
  if (Number.isNaN(delta)) return NO_VALUE;
  const size = Math.abs(delta);
  const format = relativeFormat(language, style);
  if (size < 45 * SECOND_MS) return format.format(Math.round(delta / SECOND_MS), "second");
  if (size < 60 * MINUTE_MS) return format.format(Math.round(delta / MINUTE_MS), "minute");
  if (size < 24 * HOUR_MS) return format.format(Math.round(delta / HOUR_MS), "hour");
  if (size < 60 * DAY_MS) return format.format(Math.round(delta / DAY_MS), "day");
  if (size < 700 * DAY_MS) return format.format(Math.round(delta / (30.44 * DAY_MS)), "month");
  return format.format(Math.round(delta / (365.25 * DAY_MS)), "year");
}

export function daysSince(at: string, now: number = Date.now()): number {
  return Math.floor((now - new Date(at).getTime()) / DAY_MS);
}

function numberFormat(language: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return memo(
    numberFormats,
    language + JSON.stringify(options),
    () => new Intl.NumberFormat(language, options),
  );
}

function dateFormat(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return memo(
    dateFormats,
    language + JSON.stringify(options),
    () => new Intl.DateTimeFormat(language, options),
  );
}

function relativeFormat(language: string, style: Intl.RelativeTimeFormatStyle): Intl.RelativeTimeFormat {
  return memo(
    relativeFormats,
    language + style,
    () => new Intl.RelativeTimeFormat(language, { numeric: "auto", style }),
  );
}

function memo<T>(cache: Map<string, T>, key: string, create: () => T): T {
  const known = cache.get(key);
  if (known) return known;
  const value = create();
  cache.set(key, value);
  return value;
}
