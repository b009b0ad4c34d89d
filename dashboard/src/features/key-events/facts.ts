// What an event says was seen and was usual. The server writes it per kind; what is not as expected is left out.

import type { Format } from "@/hooks/use-format";

export const EVENT_KINDS = [
  "costlier_model",
  "new_network",
  "request_spike",
  "spend_spike",
  "error_burst",
  "browser_use",
  "leak_reported",
  "rotation_due",
  "budget_alert",
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export const EVENT_ACTIONS = ["notified", "throttled", "frozen", "revoked", "refused"] as const;
export type EventAction = (typeof EVENT_ACTIONS)[number];

export function knownKind(kind: string): EventKind | null {
  return EVENT_KINDS.find((known) => known === kind) ?? null;
}

export function knownAction(action: string): EventAction | null {
  return EVENT_ACTIONS.find((known) => known === action) ?? null;
}

type Facts = Record<string, unknown>;
/** A text of `key-events`, with what stands in it. */
export interface Fact {
  key:
    | "fact.model"
    | "fact.price"
    | "fact.network"
    | "fact.networks"
    | "fact.requests"
    | "fact.money"
    | "fact.failures"
    | "fact.failuresUsual"
    | "fact.page"
    | "fact.budget"
    | "fact.leak"
    | "fact.leakOld"
    | "fact.leakToken"
    | "fact.age"
    | "fact.ageUsual";
  values: Record<string, string | number>;
}

export interface Explained {
  seen: Fact | null;
  usual: Fact | null;
  factor: number | null;
  since: number | null;
}

export function explained(kind: string, facts: unknown, format: Format): Explained {
  const all = object(facts);
  const [seen, usual] = [object(all.seen), object(all.usual)];
  return {
    ...(told(kind, all, format) ?? sides(kind, seen, usual, format)),
    factor: number(all.factor),
    since: number(all.since_ms),
  };
}

/** Of kinds that are not about how much is usual. */
function told(kind: string, all: Facts, format: Format): { seen: Fact | null; usual: Fact | null } | null {
  switch (kind) {
    case "browser_use":
      return { seen: fact("fact.page", { origin: text(all.origin) }), usual: null };
    case "leak_reported":
      return { seen: fact(leakKey(all.outcome), { where: whereFound(all) }), usual: null };
    case "budget_alert":
      return {
        seen: fact("fact.budget", {
          percent: number(all.percent),
          amount: money(all.amount_nanos, format),
        }),
        usual: null,
      };
    case "rotation_due":
      return {
        seen: fact("fact.age", { count: number(all.age_days) }),
        usual: fact("fact.ageUsual", { count: number(all.rotation_days) }),
      };
    default:
      return null;
  }
}

function leakKey(outcome: unknown): Fact["key"] {
  if (outcome === "grace_ended") return "fact.leakOld";
  return outcome === "client_token" ? "fact.leakToken" : "fact.leak";
}

/** An address, or who says so; somebody with the key itself came by the page for that. */
function whereFound(all: Facts): string | null {
  return text(all.url) ?? (all.source === "form" ? "/revoke-key" : text(all.source));
}

function sides(
  kind: string,
  seen: Facts,
  usual: Facts,
  format: Format,
): { seen: Fact | null; usual: Fact | null } {
  switch (kind) {
    case "costlier_model":
      return {
        seen: fact("fact.model", { model: text(seen.model), price: money(seen.price_nanos, format) }),
        usual: fact("fact.price", { price: money(usual.price_nanos, format) }),
      };
    case "new_network":
      return {
        seen: fact("fact.network", { network: text(seen.network) }),
        usual: fact("fact.networks", { count: number(usual.networks) }),
      };
    case "request_spike":
      return {
        seen: inTime("fact.requests", { count: number(seen.requests) }, seen, format),
        usual: inTime("fact.requests", { count: number(usual.requests) }, usual, format),
      };
    case "spend_spike":
      return {
        seen: inTime("fact.money", { money: money(seen.charge_nanos, format) }, seen, format),
        usual: inTime("fact.money", { money: money(usual.charge_nanos, format) }, usual, format),
      };
    case "error_burst":
      return {
        seen: inTime(
          "fact.failures",
          { count: number(seen.failures), of: count(seen.requests, format) },
          seen,
          format,
        ),
        usual: inTime(
          "fact.failuresUsual",
          { count: number(usual.failures), percent: percent(usual.percent, format) },
          usual,
          format,
        ),
      };
    default:
      return { seen: null, usual: null };
  }
}

function inTime(key: Fact["key"], values: Record<string, unknown>, side: Facts, format: Format): Fact | null {
  const seconds = number(side.seconds);
  return fact(key, { ...values, time: seconds === null ? null : format.duration(seconds * 1000) });
}

/** Only when all that stands in it is there. */
function fact(key: Fact["key"], values: Record<string, unknown>): Fact | null {
  const known: Fact["values"] = {};
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== "string" && typeof value !== "number") return null;
    known[name] = value;
  }
  return { key, values: known };
}

function object(value: unknown): Facts {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Facts) : {};
}

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function money(value: unknown, format: Format): string | null {
  const nanos = number(value);
  return nanos === null ? null : format.money(nanos);
}

function count(value: unknown, format: Format): string | null {
  const all = number(value);
  return all === null ? null : format.number(all);
}

function percent(value: unknown, format: Format): string | null {
  const hundredths = number(value);
  return hundredths === null ? null : format.percent(hundredths / 100, 0);
}
