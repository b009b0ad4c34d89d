import { describe, expect, it } from "vitest";
import { auditChanges } from "./operator-diff";

describe("the changes of an audit entry", () => {
  it("are the fields that differ", () => {
    expect(auditChanges({ tier: "free", name: "Acme" }, { tier: "pro", name: "Acme" })).toEqual([
      { field: "tier", before: "free", after: "pro" },
    ]);
  });

  it("are all fields of what was made or deleted", () => {
    expect(auditChanges(null, { rank: 10, keys_max: null })).toEqual([
      { field: "rank", before: null, after: "10" },
    ]);
    expect(auditChanges({ is_public: true }, null)).toEqual([
      { field: "is_public", before: "true", after: null },
    ]);
  });

  it("show lists and objects as text", () => {
    expect(auditChanges({ models: ["a"] }, { models: ["a", "b"], window: { n: 1 } })).toEqual([
      { field: "models", before: "a", after: "a, b" },
      { field: "window", before: null, after: '{"n":1}' },
    ]);
  });

  it("do not take fields from the prototype", () => {
    expect(auditChanges({}, { constructor: "x" })).toEqual([
      { field: "constructor", before: null, after: "x" },
    ]);
  });
});
