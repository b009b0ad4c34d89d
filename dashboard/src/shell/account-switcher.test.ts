import { expect, it } from "vitest";
import { samePageOf } from "./account-switcher";

it("stays on the same page when the account changes, and leaves what only the other account has", () => {
  expect(samePageOf("acct_2", "/a/acct_1/usage")).toBe("/a/acct_2/usage");
  expect(samePageOf("acct_2", "/a/acct_1/settings/members")).toBe("/a/acct_2/settings/members");
  expect(samePageOf("acct_2", "/a/acct_1/api-keys/key_1")).toBe("/a/acct_2/api-keys");
  expect(samePageOf("acct_2", "/settings/profile")).toBe("/a/acct_2/overview");
});
