import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { AuditEntryResponse, MemberResponse } from "@/api/types";
import { AuditLogPage } from "@/features/audit-log/page";
import { ManagementKeysPage } from "@/features/management-keys/page";
import { renderPage } from "@/test/render-page";
import { MembersPage } from "./page";

const account = "/accounts/acct_1";
const place = (page: string) => ({
  path: `/a/acct_1/settings/${page}`,
  route: `/a/$accountId/settings/${page}`,
});
const none = { body: { data: [], next_cursor: null } };
const member = (id: string, role: MemberResponse["role"]): MemberResponse => ({
  user_id: id,
  email: `${id}@example.com`,
  name: "",
  role,
  joined_at: "2026-11-01T00:00:00.000Z",
  has_two_factor: false,
});
const people = [member("usr_1", "admin"), member("usr_2", "owner"), member("usr_3", "viewer")];

it("lets an admin change roles, but not those of owners", async () => {
  await renderPage(
    MembersPage,
    place("members"),
    {
      [`${account}/members`]: { body: { data: people, next_cursor: null } },
      [`${account}/invites`]: none,
    },
    "admin",
  );
  expect(await screen.findByRole("combobox", { name: "Role of usr_3@example.com" })).toBeTruthy();
  expect(screen.queryByRole("combobox", { name: "Role of usr_2@example.com" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Remove usr_2@example.com" })).toBeNull();
  expect(screen.getByRole("button", { name: "Remove usr_3@example.com" })).toBeTruthy();
  expect(await screen.findByText("No open invites")).toBeTruthy();
});

it("shows a viewer the members, without invites and buttons", async () => {
  await renderPage(
    MembersPage,
    place("members"),
    { [`${account}/members`]: { body: { data: people, next_cursor: null } } },
    "viewer",
  );
  expect(await screen.findByText("usr_3@example.com")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Invite a person" })).toBeNull();
  expect(screen.queryByText("Open invites")).toBeNull();
});

it("says who may see management keys, and asks nothing of the server", async () => {
  await renderPage(ManagementKeysPage, place("management-keys"), {}, "member");
  expect(await screen.findByText("Not for your role")).toBeTruthy();
});

it("gives an owner without management keys the button to create one", async () => {
  await renderPage(
    ManagementKeysPage,
    place("management-keys"),
    { [`${account}/management-keys`]: none },
    "owner",
  );
  expect(await screen.findByText("No management keys")).toBeTruthy();
  expect(screen.getAllByRole("button", { name: "Create management key" })).toHaveLength(2);
});

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
    place("audit-log"),
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
  const answers = {
    [`${account}/audit-log`]: none,
    [`${account}/members`]: none,
    [`${account}/management-keys`]: none,
  };
  const { path, route } = place("audit-log");
  await renderPage(AuditLogPage, { path: `${path}?action=member`, route }, answers, "admin");
  expect(await screen.findByText("Nothing matches")).toBeTruthy();
});
