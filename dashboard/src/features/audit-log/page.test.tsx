import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { AuditEntryResponse } from "@/api/types";
import { renderPage } from "@/test/render-page";
import { OperatorAuditLogPage } from "./operator-page";
import { AuditLogPage } from "./page";

const account = "/accounts/acct_1";
const place = { path: "/a/acct_1/settings/audit-log", route: "/a/$accountId/settings/audit-log" };
const none = { body: { data: [], next_cursor: null } };

it("shows what a change changed, as text whatever it holds", async () => {
  const entry: AuditEntryResponse = {
    id: "aud_1",
    at: "2026-11-24T10:00:00.000Z",
    actor: { kind: "user", id: "usr_1", label: "Lin" },
    address: null,
    action: "api_key.changed",
    subject: { kind: "api_key", id: "key_1", label: "<b>staging</b>" },
    before: { name: "stage" },
    after: { name: "<img src=x>" },
    account_id: null,
  };
  await renderPage(
    AuditLogPage,
    place,
    {
      [`${account}/audit-log`]: { body: { data: [entry], next_cursor: null } },
      [`${account}/members`]: none,
      [`${account}/management-keys`]: none,
    },
    "admin",
  );
  await userEvent.click(
    await screen.findByRole("button", { name: "Details: API key changed, <b>staging</b>" }),
  );
  const dialog = await screen.findByRole("dialog");
  expect(dialog.textContent).toContain("stage");
  expect(dialog.textContent).toContain("<img src=x>");
});

it("tells an empty audit log from filters that match nothing", async () => {
  const responses = {
    [`${account}/audit-log`]: none,
    [`${account}/members`]: none,
    [`${account}/management-keys`]: none,
  };
  await renderPage(AuditLogPage, { ...place, path: `${place.path}?action=member` }, responses, "admin");
  expect(await screen.findByText("Nothing matches")).toBeTruthy();
});

it("leads an operator from a change to the account that it concerns", async () => {
  const entry: AuditEntryResponse = {
    id: "aud_2",
    at: "2026-11-24T10:00:00.000Z",
    actor: { kind: "cli", id: "cli", label: "" },
    address: null,
    action: "model.retired",
    subject: { kind: "model", id: "large", label: "" },
    before: { input_price_nanos: 2_500_000_000 },
    after: { input_price_nanos: 3_000_000_000 },
    account_id: "acct_9",
  };
  const at = { path: "/operator/audit-log", route: "/operator/audit-log" };
  await renderPage(OperatorAuditLogPage, at, {
    "/admin/audit-log": { body: { data: [entry], next_cursor: null } },
  });
  // An action without words is shown by its name.
  await userEvent.click(await screen.findByRole("button", { name: "Details: model.retired, large" }));
  const dialog = await screen.findByRole("dialog");
  expect(dialog.textContent).toContain("$2.50");
  expect(dialog.textContent).toContain("$3.00");
  expect(screen.getByRole("link", { name: "acct_9" }).getAttribute("href")).toBe("/operator/accounts/acct_9");
});
