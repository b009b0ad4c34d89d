import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import type { MemberResponse } from "@/api/types";
import { renderPage } from "@/test/render-page";
import { MembersPage } from "./page";

const account = "/accounts/acct_1";
const place = { path: "/a/acct_1/settings/members", route: "/a/$accountId/settings/members" };
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
    place,
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
    place,
    { [`${account}/members`]: { body: { data: people, next_cursor: null } } },
    "viewer",
  );
  expect(await screen.findByText("usr_3@example.com")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Invite a person" })).toBeNull();
  expect(screen.queryByText("Open invites")).toBeNull();
});
