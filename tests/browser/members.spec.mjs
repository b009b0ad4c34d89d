import { refusal } from "./support/guard.mjs";
import { forgetSession, join, PASSWORD, signIn, signUp, uniqueEmail } from "./support/people.mjs";
import { settled } from "./support/pages.mjs";
import { confirm, expect, test } from "./support/test.mjs";

/** Words on buttons that change something; none of them is for somebody who looks only. */
// Whole words: a table that is sorted by a button "Created" changes nothing.
const WRITES = /\b(?:create|add|invite a|invite some|revoke|regenerate|delete|remove|edit|rename|save|leave|end grace|withdraw)\b/i;

test("an invited person signs up by the link and joins the account in the role given", async ({ page, ann, server }) => {
  const email = uniqueEmail("invited");
  await page.goto(ann.page("settings/members"));
  await page.getByRole("button", { name: "Invite a person" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Invite a person" });
  await dialog.getByLabel("E-mail address").fill(email);
  await dialog.getByRole("radio", { name: /Viewer/ }).check();
  await dialog.getByRole("button", { name: "Create invite" }).click();
  const link = await page.getByTestId("invite-link").innerText();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("row", { name: new RegExp(email) })).toBeVisible();

  await forgetSession(page);
  await page.goto(link);
  await expect(page.getByText("Viewer").first()).toBeVisible();
  await page.getByRole("link", { name: "Create an account" }).click();
  await expect(page.getByLabel("E-mail address")).toHaveValue(email);
  await page.getByLabel("Name").fill("Vera");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-up"));
  if (await page.getByRole("button", { name: "Accept invite" }).count()) {
    await page.getByRole("button", { name: "Accept invite" }).click();
  }
  await page.waitForURL("**/overview");

  const members = (await ann.account("GET", "/members")).data;
  expect(members.find((member) => member.email === email)?.role).toBe("viewer");
  expect(server.url).toBeTruthy();
});

test("a viewer sees every page of the account and no button that changes it", async ({ page, ann, context }) => {
  const { api_key } = await ann.createKey("Seen by a viewer");
  const viewer = await join(ann, "viewer");
  await viewer.enter(context);
  const paths = ["overview", "api-keys", `api-keys/${api_key.id}`, "usage", "requests", "models", "settings/account", "settings/members"];
  for (const path of paths) {
    await page.goto(viewer.page(path));
    await settled(page);
    const names = await page.locator("main").getByRole("button").evaluateAll((buttons) =>
      buttons.map((button) => button.getAttribute("aria-label") ?? button.textContent ?? ""),
    );
    // Leaving is one's own right, whatever the role.
    expect(names.filter((name) => WRITES.test(name) && !/^leave/i.test(name)), path).toEqual([]);
  }
  await page.goto(viewer.page("playground"));
  await expect(page.getByText("You do not have access")).toBeVisible();
  for (const [method, path, body] of [
    ["POST", "/api-keys", { name: "x", environment: "live" }],
    ["POST", `/api-keys/${api_key.id}/revoke`],
    ["PATCH", "/account", { name: "x" }],
    ["POST", "/invites", { email: uniqueEmail(), role: "viewer" }],
  ]) {
    const response = await viewer.send(method, `/accounts/${ann.accountId}${path}`, body);
    expect(response.status, path).toBe(403);
  }
});

test("an owner changes somebody's role, and removes them", async ({ page, ann }) => {
  const viewer = await join(ann, "viewer");
  await page.goto(ann.page("settings/members"));
  await page.getByRole("combobox", { name: "Role of viewer" }).click();
  await page.getByRole("option", { name: "Admin" }).click();
  await expect.poll(async () => (await ann.account("GET", "/members")).data.find((one) => one.user_id === viewer.me.user.id)?.role).toBe("admin");

  await page.getByRole("button", { name: "Remove viewer" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Remove viewer" })).toHaveCount(0);
  const gone = await viewer.send("GET", `/accounts/${ann.accountId}`);
  expect(gone.status).toBe(404);
});

test("the page of an account that is not one's own says that there is nothing", async ({ page, ann, server, guard }) => {
  const other = await signUp(server.url);
  await other.createKey("Secret project");
  guard.expect(refusal(404));
  void ann;
  await page.goto(other.page("api-keys"));
  await expect(page.getByText(/Page not found|Not found/).first()).toBeVisible();
  expect(await page.content()).not.toContain("Secret project");
});

test("a management key of the account is made, used, and revoked", async ({ page, ann, server }) => {
  await page.goto(ann.page("settings/management-keys"));
  await page.getByRole("button", { name: "Create management key" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Create management key" });
  await dialog.getByLabel("Name").fill("Usage export");
  await dialog.getByRole("radiogroup", { name: "Access to Usage" }).getByText("Read", { exact: true }).click();
  await dialog.getByRole("button", { name: "Create key" }).click();
  const secret = await page.getByTestId("secret").innerText();
  expect(secret).toMatch(/^yxm-/);
  const call = (path) => fetch(`${server.url}/api/v1/accounts/${ann.accountId}${path}`, { headers: { authorization: `Bearer ${secret}` } });
  expect((await call("/usage")).status).toBe(200);
  expect((await call("/api-keys")).status).toBe(403);
  await page.getByLabel("I have stored it").check();
  await page.getByRole("button", { name: "Done" }).click();

  await page.getByRole("button", { name: "Revoke Usage export" }).click();
  await confirm(page.getByRole("dialog", { name: /Revoke/ }), /Revoke/);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect((await call("/usage")).status).toBe(401);
});

test("whoever changes their password ends their other sessions", async ({ page, ann, guard }) => {
  guard.expect(refusal(422, "/me/password"));
  const other = await signIn(ann.url, ann.email);
  expect((await other.send("GET", "/me")).status).toBe(200);

  await page.goto("/settings/security");
  const typed = "another horse entirely";
  await page.getByLabel("Current password").fill("wrong password here");
  await page.getByLabel("New password").fill(typed);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("The password is wrong.").first()).toBeVisible();
  await page.getByLabel("Current password").fill(PASSWORD);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your password is changed", { exact: false })).toBeVisible();
  expect((await other.send("GET", "/me")).status).toBe(401);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Security" })).toBeVisible();
});

test("a session on another device is ended from the list", async ({ page, ann }) => {
  const other = await signIn(ann.url, ann.email);
  await page.goto("/settings/sessions");
  await expect(page.getByText("This session")).toBeVisible();
  await page.getByRole("button", { name: /^End the session of/ }).first().click();
  await expect.poll(async () => (await other.send("GET", "/me")).status).toBe(401);
});
