import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { type Responses, renderPage } from "@/test/render-page";
import { RequestsPage } from "./page";
import { ReceiptPage } from "./receipt-page";

const LIST = { path: "/a/acct_1/requests", route: "/a/$accountId/requests" };
const empty = { body: { data: [], next_cursor: null } };
const base: Responses = { "/accounts/acct_1/api-keys": empty, "/accounts/acct_1/models": empty };

describe("the request log", () => {
  it("says how the first request gets here", async () => {
    await renderPage(RequestsPage, LIST, { ...base, "/accounts/acct_1/requests": empty });
    expect(await screen.findByText("No requests in this period")).toBeTruthy();
    expect(screen.getByRole("link", { name: "Try a model" })).toBeTruthy();
  });

  it("does not offer the playground to a viewer", async () => {
    await renderPage(RequestsPage, LIST, { ...base, "/accounts/acct_1/requests": empty }, "viewer");
    expect(await screen.findByText("No requests in this period")).toBeTruthy();
    expect(screen.queryByRole("link", { name: "Try a model" })).toBeNull();
  });

  it("offers to take filters out when they leave nothing", async () => {
    const filtered = { ...LIST, path: `${LIST.path}?status=refused` };
    await renderPage(RequestsPage, filtered, { ...base, "/accounts/acct_1/requests": empty });
    expect(await screen.findByText("Nothing matches these filters")).toBeTruthy();
  });

  it("shows a failure with a way to try again", async () => {
    const failure = { status: 500, body: { error: { type: "internal_error", code: null, message: "boom" } } };
    await renderPage(RequestsPage, LIST, { ...base, "/accounts/acct_1/requests": failure });
    expect(await screen.findByText("This could not be loaded")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
  });
});

describe("a receipt", () => {
  it("says that it does not exist, or is not mine to see", async () => {
    await renderPage(
      ReceiptPage,
      { path: "/a/acct_1/requests/req_1", route: "/a/$accountId/requests/$requestId" },
      base,
    );
    expect(await screen.findByText("Not found")).toBeTruthy();
  });
});
