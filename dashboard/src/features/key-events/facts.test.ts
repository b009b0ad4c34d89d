import { expect, it } from "vitest";
import type { Format } from "@/hooks/use-format";
import * as format from "@/lib/format";
import { explained } from "./facts";

const english = {
  money: (nanos: number) => format.formatMoney("en", nanos),
  number: (value: number) => format.formatNumber("en", value),
  percent: (value: number, digits?: number) => format.formatPercent("en", value, digits),
  duration: (ms: number) => format.formatDuration("en", ms),
} as unknown as Format;

it("says what was seen and what was usual", () => {
  const spike = {
    seen: { requests: 600, seconds: 60 },
    usual: { requests: 12, seconds: 60 },
    factor: 50,
    since_ms: 1_790_000_000_000,
  };
  expect(explained("request_spike", spike, english)).toEqual({
    seen: { key: "fact.requests", values: { count: 600, time: "1 min" } },
    usual: { key: "fact.requests", values: { count: 12, time: "1 min" } },
    factor: 50,
    since: 1_790_000_000_000,
  });
  const network = { seen: { network: "203.0.113.0/24" }, usual: { networks: 2 }, factor: null, since_ms: 1 };
  expect(explained("new_network", network, english).seen?.values).toEqual({ network: "203.0.113.0/24" });
});

it("leaves out what is not as expected", () => {
  const nothing = { seen: null, usual: null, factor: null, since: null };
  for (const facts of [null, "x", [], {}, { seen: { requests: "many" } }, { usual: 3 }]) {
    expect(explained("request_spike", facts, english)).toEqual(nothing);
  }
  expect(explained("something_new", { seen: { network: "x" } }, english)).toEqual(nothing);
});

it("says where a key was found, and how old it is", () => {
  const seen = (kind: string, facts: unknown) => explained(kind, facts, english).seen;
  expect(seen("browser_use", { origin: "https://shop.example", agent: "x" })).toEqual({
    key: "fact.page",
    values: { origin: "https://shop.example" },
  });
  const report = { source: "content", url: "https://example.com/x", outcome: "revoked", token_id: null };
  expect(seen("leak_reported", report)).toEqual({ key: "fact.leak", values: { where: report.url } });
  const form = { source: "form", url: null, outcome: "grace_ended" };
  expect(seen("leak_reported", form)).toEqual({ key: "fact.leakOld", values: { where: "/revoke-key" } });
  const due = explained("rotation_due", { hint: "yx-…", age_days: 91, rotation_days: 90 }, english);
  expect([due.seen?.values.count, due.usual?.values.count]).toEqual([91, 90]);
});
