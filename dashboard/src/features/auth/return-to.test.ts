import { expect, it } from "vitest";
import { safeReturnPath } from "./return-to";

it("goes back to our own pages only", () => {
  expect(safeReturnPath("/a/acct_1/usage?range=7d")).toBe("/a/acct_1/usage?range=7d");
  for (const foreign of [
    undefined,
    "",
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
  ]) {
    expect(safeReturnPath(foreign)).toBe("/");
  }
});

it("does not go back to the sign-in page", () => {
  expect(safeReturnPath("/sign-in?return_to=/x")).toBe("/");
});
