import { ask, connect, MODEL, refusalOf } from "./support/sdk.mjs";
import { forgetSession, Person, signIn, signUp, uniqueEmail } from "./support/people.mjs";
import { confirm, expect, test } from "./support/test.mjs";

let count = 0;
const unique = (name) => `${name}-${process.pid}-${++count}`;
const done = (page) => expect(page.getByRole("dialog")).toHaveCount(0);

test("an operator creates an account, moves it to another tier, takes a note and suspends it", async ({ page, operator }) => {
  const email = uniqueEmail("acme");
  await page.goto("/operator/accounts");
  await page.getByRole("button", { name: "Create account" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Create account" });
  await dialog.getByLabel("Account e-mail").fill(email);
  await dialog.getByLabel("Name").fill("Acme");
  await dialog.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/operator/accounts/acct_*");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Acme");
  const id = page.url().split("/").at(-1);

  await page.getByRole("button", { name: "Change tier" }).click();
  const tier = page.getByRole("dialog", { name: "Change tier" });
  await tier.getByRole("combobox", { name: "New tier" }).click();
  await page.getByRole("option", { name: "Enterprise" }).click();
  await tier.getByRole("button", { name: "Change tier" }).click();
  await done(page);
  await page.getByRole("textbox", { name: "Notes" }).fill("Met at the fair.");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Notes saved.")).toBeVisible();
  await expect.poll(async () => (await operator.call("GET", `/admin/accounts/${id}`)).tier).toBe("enterprise");
  expect((await operator.call("GET", `/admin/accounts/${id}`)).notes).toBe("Met at the fair.");

  await page.getByRole("button", { name: "Suspend account" }).click();
  await confirm(page.getByRole("dialog", { name: /Suspend/ }), "Suspend account");
  await done(page);
  await expect(page.getByRole("button", { name: "Reactivate account" })).toBeVisible();
});

test("a suspended account's keys are refused at once, and accepted again when it is reactivated", async ({ page, server, operator }) => {
  const ann = await signUp(server.url, { name: "Ann of the suspended" });
  const { secret } = await ann.createKey();
  await ask(server, secret);
  void operator;
  await page.goto(`/operator/accounts/${ann.accountId}`);
  await page.getByRole("button", { name: "Suspend account" }).click();
  await confirm(page.getByRole("dialog", { name: /Suspend/ }), "Suspend account");
  await done(page);
  expect(await refusalOf(server, secret)).toEqual({ status: 403, code: "account_suspended" });
  await page.getByRole("button", { name: "Reactivate account" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Reactivate account" }).click();
  await done(page);
  await ask(server, secret);
});

test("an operator invites somebody, makes a reset link, and disables a user, whose session ends", async ({ page, server, operator }) => {
  const name = unique("Una");
  const una = await signUp(server.url, { name });
  void operator;
  await page.goto("/operator/users");
  await page.getByRole("button", { name: "Invite someone" }).first().click();
  const invite = page.getByRole("dialog", { name: "Invite someone" });
  await invite.getByLabel("E-mail").fill(uniqueEmail("guest"));
  await invite.getByRole("button", { name: "Create invite" }).click();
  const ready = page.getByRole("dialog", { name: "The invite is ready" });
  await expect(ready).toContainText("#");
  await ready.getByRole("button", { name: "Done" }).click();
  await done(page);

  const act = async (label) => {
    await page.getByRole("button", { name: `Actions for ${name}` }).click();
    await page.getByRole("menuitem", { name: label }).click();
    await confirm(page.getByRole("dialog"), label);
  };
  await page.getByLabel("Search by name, e-mail or ID").fill(name);
  await expect(page.getByRole("button", { name: `Actions for ${name}` })).toBeVisible();
  await act("Create reset link");
  const reset = page.getByRole("dialog", { name: "The reset link is ready" });
  await expect(reset).toContainText("/reset-password#");
  await reset.getByRole("button", { name: "Done" }).click();
  await done(page);

  // Whose rights change signs in anew.
  await act("Make operator");
  await done(page);
  const promoted = await signIn(server.url, una.email);
  expect((await promoted.send("GET", "/admin/tiers")).status).toBe(200);
  await act("Remove operator rights");
  await done(page);
  expect([401, 403]).toContain((await promoted.send("GET", "/admin/tiers")).status);
  const demoted = await signIn(server.url, una.email);
  await act("Disable user");
  await done(page);
  expect((await demoted.send("GET", "/me")).status).toBe(401);
});

test("a new password is chosen by the operator's link, which works once", async ({ page, server, operator }) => {
  const una = await signUp(server.url);
  const { link } = await operator.call("POST", `/admin/users/${una.me.user.id}/reset-link`);
  await forgetSession(page);
  await page.goto(link);
  await page.getByLabel(/password/i).first().fill("a brand new phrase");
  await page.getByRole("button", { name: "Change password" }).click();
  await page.waitForURL("**/sign-in*");
  const response = await new Person(server.url).send("POST", "/auth/sign-in", { email: una.email, password: "a brand new phrase" });
  expect(response.status).toBe(200);
  const token = link.split("#")[1];
  const again = await una.send("POST", "/auth/password-reset/confirm", { token, password: "yet another phrase" });
  expect([again.status, (await again.json()).error.code]).toEqual([422, "invalid_link"]);
  expect((await una.send("GET", "/me")).status, "the old session").toBe(401);
});

test("an operator makes a tier and changes it", async ({ page, operator }) => {
  const id = unique("tier").toLowerCase();
  await page.goto("/operator/tiers");
  await page.getByRole("button", { name: "Create tier" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Create tier" });
  await dialog.getByLabel("Name").fill(id);
  await dialog.getByRole("textbox", { name: "ID", exact: true }).fill(id);
  await dialog.getByRole("textbox", { name: "Rank" }).fill("9");
  await dialog.getByRole("button", { name: "Create tier" }).click();
  await done(page);
  await expect(page.getByRole("heading", { name: id })).toBeVisible();

  await page.getByRole("button", { name: `Edit ${id}` }).click();
  const edit = page.getByRole("dialog", { name: `Edit ${id}` });
  await edit.getByRole("textbox", { name: "Price factor" }).fill("80");
  await edit.getByRole("button", { name: "Save" }).click();
  await done(page);
  const tier = (await operator.call("GET", "/admin/tiers")).data.find((one) => one.id === id);
  expect(tier).toMatchObject({ rank: 9, price_factor_percent: 80 });
});

test("an operator adds a provider, tests it, and its secret never comes out again", async ({ page, operator }) => {
  const name = unique("loopback");
  const secret = "sk-never-shown-again-1234567890";
  await page.goto("/operator/providers");
  await page.getByRole("button", { name: "Connect provider" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Connect provider" });
  await dialog.getByRole("radio", { name: /^OpenAI-compatible/ }).click();
  await dialog.getByRole("button", { name: "Name, address and other settings" }).click();
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  // Nobody listens on port 9 of loopback.
  await dialog.getByRole("textbox", { name: "Base URL" }).fill("http://127.0.0.1:9/v1");
  await dialog.getByLabel("Provider's API key").fill(secret);
  await dialog.getByRole("button", { name: "List models" }).click();
  await expect(dialog.getByText("No response:", { exact: false })).toBeVisible({ timeout: 20_000 });
  await dialog.getByRole("button", { name: "Save without models" }).click();
  await dialog.getByRole("button", { name: "Done" }).click();
  await done(page);
  await page.getByRole("button", { name: `Test ${name}` }).click();
  await expect(page.getByText("Unexpected response", { exact: false })).toBeVisible({ timeout: 20_000 });
  await page.reload();
  await expect(page.getByRole("heading", { name })).toBeVisible();
  expect(await page.content()).not.toContain(secret);
  for (const path of ["/admin/providers", "/admin/audit-log"]) {
    expect(JSON.stringify(await operator.call("GET", path)), path).not.toContain(secret);
  }
});

test("the sandbox responds when it is tested", async ({ page, operator }) => {
  void operator;
  await page.goto("/operator/providers");
  await page.getByRole("button", { name: "Test sandbox" }).click();
  await expect(page.getByText(/Responded in/)).toBeVisible();
});

test("an operator adds a model and its deployment, and customers call it", async ({ page, server, operator }) => {
  const id = `acme/${unique("model")}`;
  await page.goto("/operator/models");
  await page.getByRole("button", { name: "Add model" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Add model" });
  await dialog.getByRole("textbox", { name: "Model ID" }).fill(id);
  await dialog.getByRole("textbox", { name: "Owned by" }).fill("acme");
  await dialog.getByRole("textbox", { name: "Input price" }).fill("0.15");
  await dialog.getByRole("textbox", { name: "Output price" }).fill("0.6");
  await dialog.getByRole("button", { name: "Add model" }).click();
  await done(page);
  await expect(page.getByText(id).first()).toBeVisible();

  await page.goto("/operator/deployments");
  await page.getByRole("button", { name: "Add deployment" }).first().click();
  const add = page.getByRole("dialog", { name: "Add deployment" });
  await add.getByRole("combobox", { name: "Model" }).click();
  await page.getByRole("option", { name: id }).click();
  await add.getByRole("combobox", { name: "Provider" }).click();
  await page.getByRole("option", { name: /sandbox/ }).click();
  await add.getByRole("textbox", { name: "Name at the provider" }).fill(MODEL);
  await add.getByRole("button", { name: "Add deployment" }).click();
  await done(page);
  await expect(page.getByRole("table", { name: `Deployments of ${id}` })).toBeVisible();

  const ann = await signUp(server.url);
  const { secret } = await ann.createKey();
  const response = await connect(server, secret).chat.completions.create({ model: id, messages: [{ role: "user", content: "hi" }] });
  expect(response.choices[0].message.content).toBeTruthy();
  const row = page.getByRole("table", { name: `Deployments of ${id}` });
  await expect(row).toContainText("Healthy", { timeout: 20_000 });
  await expect.poll(async () => (await operator.call("GET", "/admin/models?limit=200")).data.find((one) => one.id === id)?.prices.input).toBe("0.15");
});

test("the usage of all accounts is shown, and downloaded as CSV", async ({ page, server, operator }) => {
  const ann = await signUp(server.url, { name: "Usage Ann" });
  const { secret } = await ann.createKey();
  await ask(server, secret);
  await expect.poll(async () => (await operator.call("GET", "/admin/usage")).totals.requests).toBeGreaterThan(0);
  await page.goto("/operator/usage");
  await expect(page.getByRole("heading", { level: 1, name: "Usage" })).toBeVisible();
  await expect(page.getByText("Top accounts")).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download CSV" }).or(page.getByRole("button", { name: "Download CSV" })).click();
  const stream = await (await download).createReadStream();
  let text = "";
  for await (const chunk of stream) text += chunk;
  expect(text.split("\n")[0]).toContain("requests");
});

test("the audit log says what was changed, from what to what", async ({ page, server, operator }) => {
  const ann = await signUp(server.url);
  const name = unique("Renamed");
  await operator.call("PATCH", `/admin/accounts/${ann.accountId}`, { name });
  await page.goto("/operator/audit-log");
  const entry = page.getByRole("table", { name: "Changes" }).getByRole("row").filter({ hasText: name }).first();
  await entry.getByRole("button").click();
  const details = page.getByRole("dialog", { name: "Account changed" });
  await expect(details.getByRole("columnheader", { name: "After" })).toBeVisible();
  await expect(details.getByRole("row", { name: /^name/ })).toContainText(name);
  await expect(details.getByRole("link", { name: ann.accountId })).toBeVisible();
});

test("the system page shows this server, and reads the catalogue again", async ({ page, operator }) => {
  void operator;
  await page.goto("/operator/system");
  await expect(page.getByText("This server", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(page.getByText(/Catalogue reloaded/)).toBeVisible();
});

test("the servers page shows each server and how limits are handed out", async ({ page, server, operator }) => {
  void operator;
  await page.goto("/operator/servers");
  const table = page.getByRole("table", { name: "Servers" });
  await expect(table.getByText("This server", { exact: true })).toBeVisible();
  const address = new URL(server.url).host;
  await expect(table.getByText(address)).toBeVisible();
  await expect(table.getByText("By itself")).toBeVisible();
  await expect(page.getByText("Limits are divided")).toBeHidden();
});

test("an operator's management key reads the platform until it is revoked", async ({ page, server, operator }) => {
  void operator;
  const name = unique("Export");
  await page.goto("/operator/management-keys");
  await page.getByRole("button", { name: "Create management key" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Create management key" });
  await dialog.getByLabel("Name").fill(name);
  const read = dialog.getByRole("checkbox", { name: /Read everything/ });
  if (!(await read.isChecked())) await read.check();
  await dialog.getByRole("button", { name: "Create management key" }).click();
  const secret = await page.getByTestId("secret").innerText();
  const call = (path) => fetch(`${server.url}/api/v1/admin${path}`, { headers: { authorization: `Bearer ${secret}` } });
  expect((await call("/tiers")).status).toBe(200);
  await page.getByLabel("I have stored it").check();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: `Revoke ${name}` }).click();
  await confirm(page.getByRole("dialog", { name: `Revoke ${name}?` }), /Revoke/);
  await done(page);
  expect((await call("/tiers")).status).toBe(401);
});

test("somebody who is no operator is shown none of the operator's pages", async ({ page, ann }) => {
  void ann;
  await page.goto("/operator/accounts");
  await expect(page.getByText("These pages are for operators of this platform.")).toBeVisible();
  await page.goto(ann.page("overview"));
  await expect(page.getByRole("link", { name: "Tiers" })).toHaveCount(0);
});
