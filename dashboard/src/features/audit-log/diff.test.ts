import { expect, it } from "vitest";
import { changesOf, momentOf } from "./diff";

it("lists the fields that differ, down into objects", () => {
  const before = { name: "stage", restrictions: { models: null, networks: ["10.0.0.0/8"] }, kept: [1, 2] };
  const after = { name: "staging", restrictions: { models: ["a"], networks: ["10.0.0.0/8"] }, kept: [1, 2] };
  expect(changesOf(before, after)).toEqual([
    { field: "name", before: "stage", after: "staging" },
    { field: "restrictions.models", before: null, after: ["a"] },
  ]);
});

it("lists everything of what was created or deleted", () => {
  expect(changesOf(null, { name: "laptop" })).toEqual([
    { field: "name", before: undefined, after: "laptop" },
  ]);
  expect(changesOf({ name: "laptop" }, null)).toEqual([
    { field: "name", before: "laptop", after: undefined },
  ]);
  expect(changesOf(null, null)).toEqual([]);
});

it("takes null for what is left out", () => {
  expect(changesOf({ expires_at: null }, {})).toEqual([]);
});

it("knows moments by the names of their fields", () => {
  expect(momentOf("expires_at", "2026-11-24T10:00:00.000Z")).toBe(Date.parse("2026-11-24T10:00:00Z"));
  expect(momentOf("expires_at_ms", 5)).toBe(5);
  expect(momentOf("name", "2026-11-24T10:00:00.000Z")).toBeNull();
});
