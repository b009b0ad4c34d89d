import { expect, it } from "vitest";
import type { ApiKeyResponse } from "@/api/types";
import { firstSteps } from "./first-steps";

const now = Date.parse("2026-11-24T12:00:00.000Z");
const key = (created: string, isUsed: boolean) =>
  ({
    created_at: created,
    last_use: isUsed ? { at: created, address: "192.0.2.1", agent: "curl/8" } : null,
  }) as ApiKeyResponse;
const young = "2026-11-24T11:00:00.000Z";
const old = "2026-10-01T00:00:00.000Z";
const facts = { hasSuccess: false, hasSeen: false, now };

it("nothing is said before the keys are known", () => {
  expect(firstSteps({ ...facts, keys: undefined })).toBeNull();
});

it("the first step is a key, then a call, then its receipt", () => {
  expect(firstSteps({ ...facts, keys: [] })?.next).toBe("key");
  expect(firstSteps({ ...facts, keys: [key(young, false)] })?.next).toBe("call");
  expect(firstSteps({ ...facts, keys: [key(young, true)] })?.next, "a key that was only refused").toBe(
    "call",
  );
  expect(firstSteps({ ...facts, keys: [key(young, true)], hasSuccess: true })?.next).toBe("see");
  expect(
    firstSteps({ ...facts, keys: [key(young, true)], hasSuccess: true, hasSeen: true })?.next,
  ).toBeNull();
});

it("an account that is in use for days is not taught again", () => {
  expect(firstSteps({ ...facts, keys: [key(old, true)] })?.next).toBeNull();
});
