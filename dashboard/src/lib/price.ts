// Prices as decimal text: exact, never by way of a float.

const NANO_DIGITS = 9;

/** Dollars as text to nano-dollars, digit by digit, so that no price is off by a rounding; `null` when it is no price. */
export function dollarsToNanos(text: string): number | null {
  const match = /^(\d{1,6})(?:\.(\d{0,9}))?$/.exec(text.trim());
  if (!match) return null;
  const nanos = Number((match[1] ?? "0") + (match[2] ?? "").padEnd(NANO_DIGITS, "0"));
  return Number.isSafeInteger(nanos) ? nanos : null;
}

export function nanosToDollars(nanos: number): string {
  const digits = String(nanos).padStart(NANO_DIGITS + 1, "0");
  const cents = digits.slice(-NANO_DIGITS).replace(/0+$/, "").padEnd(2, "0");
  return `${digits.slice(0, -NANO_DIGITS)}.${cents}`;
}

/** The longest mark-up that is worth typing: a thousand times the cost. */
export const MARK_UP_MAX = 100_000;

/** A cost with a mark-up in percent of at most two decimals on it, exact to the nano-dollar and never less; `null` when there is none. */
export function withMarkUp(cost: string | undefined, percent: number): string | null {
  const nanos = cost === undefined ? null : dollarsToNanos(cost);
  if (nanos === null || !Number.isFinite(percent)) return null;
  const factor = BigInt(Math.round((100 + percent) * 100));
  const scaled = BigInt(nanos) * factor;
  const price = (scaled + 9_999n) / 10_000n;
  return nanosToDollars(Number(price));
}
