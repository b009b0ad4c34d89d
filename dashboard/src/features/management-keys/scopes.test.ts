import { expect, it } from "vitest";
import { readEverything, samplePath, scopesOf } from "./scopes";

it("writes out scopes, with reading wherever there is writing", () => {
  expect(scopesOf({ "api-keys": "write", usage: "read", members: "none" })).toEqual([
    "api-keys:read",
    "api-keys:write",
    "usage:read",
  ]);
  expect(scopesOf({})).toEqual([]);
  expect(scopesOf(readEverything())).toHaveLength(13);
});

it("tries a key on something that it may read", () => {
  expect(samplePath(["usage:read"])).toBe("/accounts/{account_id}/usage");
  expect(samplePath(["account:read"])).toBe("/accounts/{account_id}");
});
