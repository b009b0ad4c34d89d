import { describe, expect, it } from "vitest";
import { changesOf, momentOf } from "./diff";

describe("the changes of an audit entry", () => {
  it("are the fields that differ", () => {
    expect(changesOf({ tier: "free", name: "Acme" }, { tier: "pro", name: "Acme" })).toEqual([
      { field: "tier", before: "free", after: "pro" },
    ]);
  });

  it("are told down into objects, while a list is one value", () => {
    const before = { restrictions: { models: null, networks: ["10.0.0.0/8"] }, kept: [1, 2] };
    const after = { restrictions: { models: ["a"], networks: ["10.0.0.0/8"] }, kept: [1, 2] };
    expect(changesOf(before, after)).toEqual([{ field: "restrictions.models", before: null, after: ["a"] }]);
    expect(changesOf({ models: ["a"] }, { models: ["a", "b"], window: { n: 1 } })).toEqual([
      { field: "models", before: ["a"], after: ["a", "b"] },
      { field: "window.n", before: null, after: 1 },
    ]);
  });

  it("are everything that what was created or deleted holds", () => {
    expect(changesOf(null, { rank: 10, keys_max: null })).toEqual([
      { field: "rank", before: null, after: 10 },
    ]);
    expect(changesOf({ is_public: true }, null)).toEqual([{ field: "is_public", before: true, after: null }]);
    expect(changesOf(null, null)).toEqual([]);
  });

  it("take null and an empty text for what is left out", () => {
    expect(changesOf({ expires_at: null, notes: "" }, {})).toEqual([]);
    expect(changesOf({ notes: "" }, { notes: null })).toEqual([]);
    expect(changesOf({ notes: "" }, { notes: "late" })).toEqual([
      { field: "notes", before: null, after: "late" },
    ]);
  });

  it("tell nothing from zero and false", () => {
    expect(changesOf({ weight: 0 }, {})).toEqual([{ field: "weight", before: 0, after: null }]);
    expect(changesOf({}, { is_public: false })).toEqual([{ field: "is_public", before: null, after: false }]);
  });

  it("do not take fields from the prototype", () => {
    expect(changesOf({}, { constructor: "x" })).toEqual([{ field: "constructor", before: null, after: "x" }]);
  });
});

it("knows moments by the names of their fields", () => {
  expect(momentOf("expires_at", "2026-11-24T10:00:00.000Z")).toBe(Date.parse("2026-11-24T10:00:00Z"));
  expect(momentOf("expires_at_ms", 5)).toBe(5);
  expect(momentOf("name", "2026-11-24T10:00:00.000Z")).toBeNull();
});
