// Why credits move.

export const KINDS = [
  "grant",
  "payment",
  "redemption",
  "charge",
  "refund",
  "payment_refund",
  "adjustment",
  "expiry",
] as const;
export type Kind = (typeof KINDS)[number];

export function kindOf(word: string): Kind | undefined {
  return KINDS.find((kind) => kind === word);
}

/** What can be undone by an entry against it. */
export function isUndoable(word: string): boolean {
  return word === "grant" || word === "redemption" || word === "charge";
}
