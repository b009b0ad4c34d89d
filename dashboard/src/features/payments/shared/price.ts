// What credits cost at a provider: exact, and rounded up to the least coin as the server does.

import type { PaymentAmount, PaymentProvider } from "@/api/types";

const NANO_DIGITS = 9;

type Priced = Pick<PaymentProvider, "price_per_dollar" | "currency_exponent" | "amounts">;

/** The least coins of the provider's currency for these credits; what a button says is what the provider's list says. */
export function priceOf(provider: Priced, creditsNanos: number): number {
  const listed = provider.amounts.find((amount) => amount.credits_nanos === creditsNanos);
  if (listed) return listed.amount_minor;
  const [whole = "0", part = ""] = provider.price_per_dollar.split(".");
  const price = BigInt(whole + part);
  const least = BigInt(creditsNanos) * price * 10n ** BigInt(provider.currency_exponent);
  const per = 10n ** BigInt(NANO_DIGITS + part.length);
  return Number((least + per - 1n) / per);
}

export type AmountProblem = "missing" | "few" | "many" | "balance";

interface Bounds {
  provider: Pick<PaymentProvider, "min_credits_nanos" | "max_credits_nanos">;
  balanceNanos: number;
  balanceMaxNanos: number;
}

/** What is wrong with an amount of credits; `null` where nothing is. */
export function amountProblem(creditsNanos: number | null, bounds: Bounds): AmountProblem | null {
  if (creditsNanos === null || !(creditsNanos > 0)) return "missing";
  if (creditsNanos < bounds.provider.min_credits_nanos) return "few";
  if (creditsNanos > bounds.provider.max_credits_nanos) return "many";
  return bounds.balanceNanos + creditsNanos > bounds.balanceMaxNanos ? "balance" : null;
}

/** The amounts that are offered as buttons: those of the provider that it takes. */
export function offered(provider: PaymentProvider): PaymentAmount[] {
  const { min_credits_nanos: min, max_credits_nanos: max } = provider;
  return provider.amounts.filter(({ credits_nanos: credits }) => credits >= min && credits <= max);
}
