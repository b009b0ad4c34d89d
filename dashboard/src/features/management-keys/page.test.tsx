import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderPage } from "@/test/render-page";
import { OperatorManagementKeysPage } from "./operator-page";
import { ManagementKeysPage } from "./page";

const account = "/accounts/acct_1";
const place = { path: "/a/acct_1/settings/management-keys", route: "/a/$accountId/settings/management-keys" };
const none = { body: { data: [], next_cursor: null } };

it("says who may see management keys, and asks nothing of the server", async () => {
  await renderPage(ManagementKeysPage, place, {}, "member");
  expect(await screen.findByText("You do not have access")).toBeTruthy();
});

it("gives an owner without management keys the button to create one", async () => {
  await renderPage(ManagementKeysPage, place, { [`${account}/management-keys`]: none }, "owner");
  expect(await screen.findByText("No management keys")).toBeTruthy();
  expect(screen.getAllByRole("button", { name: "Create management key" })).toHaveLength(2);
});

it("gives an operator the rights of the platform to choose from", async () => {
  const at = { path: "/operator/management-keys", route: "/operator/management-keys" };
  await renderPage(OperatorManagementKeysPage, at, { "/admin/management-keys": none });
  const buttons = await screen.findAllByRole("button", { name: "Create management key" });
  buttons[0]?.click();
  expect(await screen.findByRole("checkbox", { name: /Read everything/ })).toBeTruthy();
  expect(screen.queryByText("Access")).toBeNull();
});
