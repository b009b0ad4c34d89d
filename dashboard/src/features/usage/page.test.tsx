import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { type Responses, renderPage } from "@/test/render-page";
import { UsagePage } from "./page";
import { NO_USE } from "./shared/sums";

const at = { path: "/a/acct_1/usage?range=24h&group=api_key", route: "/a/$accountId/usage" };
const nothing = {
  from: "2026-11-24T00:00:00.000Z",
  to: "2026-11-25T00:00:00.000Z",
  step: "hour",
  totals: NO_USE,
  groups: [],
  series: [],
};
const lists: Responses = {
  "/accounts/acct_1/api-keys": { body: { data: [], next_cursor: null } },
  "/accounts/acct_1/models": { body: { data: [], next_cursor: null } },
};

it("a period without requests says so, and the file has the range and the groups of the address", async () => {
  await renderPage(UsagePage, at, { ...lists, "/accounts/acct_1/usage": { body: nothing } });
  expect(await screen.findByRole("heading", { name: "No requests in this period" })).toBeTruthy();
  const file = new URL(screen.getByRole<HTMLAnchorElement>("link", { name: "Download CSV" }).href);
  expect(file.pathname).toBe("/api/v1/accounts/acct_1/usage.csv");
  expect(file.searchParams.get("group_by")).toBe("api_key");
  expect(file.searchParams.get("step")).toBe("hour");
});

it("a failure offers to try again", async () => {
  let isBroken = true;
  await renderPage(UsagePage, at, {
    ...lists,
    "/accounts/acct_1/usage": () =>
      isBroken
        ? {
            status: 500,
            body: { error: { type: "internal_error", message: "broken", code: null, param: null } },
          }
        : { body: nothing },
  });
  const retry = await screen.findByRole("button", { name: "Try again" });
  isBroken = false;
  await userEvent.click(retry);
  expect(await screen.findByRole("heading", { name: "No requests in this period" })).toBeTruthy();
});
