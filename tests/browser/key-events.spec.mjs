// What is noticed about keys: the bell, the key's page, the way back; and where an account is told.
import { ask, refusalOf } from "./support/sdk.mjs";
import { confirm, expect, test } from "./support/test.mjs";

test("a frozen key is seen in the table, rung for, explained, and undone with one click", async ({ page, ann, server }) => {
  const key = await ann.createKey("Production Server", { environment: "test" });
  await ask(server, key.secret);
  await server.cli("key", "freeze", key.api_key.id, "--because", "new_network");
  const refusal = await refusalOf(server, key.secret);
  expect(refusal.status).toBe(403);
  expect(refusal.code).toBe("key_frozen");

  await page.goto(ann.page("api-keys"));
  const table = page.getByRole("table", { name: "API keys" });
  await expect(table.getByText("Frozen")).toBeVisible();

  await page.getByRole("button", { name: "1 new key events" }).click();
  await page.getByRole("link", { name: "New network" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Production Server" })).toBeVisible();
  await expect(page.getByText("froze the key. Its requests are refused")).toBeVisible();
  await expect(page.getByRole("button", { name: "Key events" })).toBeVisible();

  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(page.getByText("The key works normally again.").first()).toBeVisible();
  await expect(page.getByText("froze the key. Its requests are refused")).toHaveCount(0);
  await ask(server, key.secret);
});

test("what happens on an anomaly is chosen with the key and changed on its page", async ({ page, ann }) => {
  await page.goto(ann.page("api-keys"));
  await page.getByRole("button", { name: "Create API key" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Create an API key" });
  await dialog.getByLabel("Name").fill("Careful");
  await dialog.getByLabel("When there is unusual activity").click();
  await page.getByRole("option", { name: "Freeze the key" }).click();
  await dialog.getByRole("button", { name: "Create key" }).click();
  const secret = page.getByRole("dialog");
  await secret.getByLabel("I have stored it").check();
  await secret.getByRole("button", { name: "Done" }).click();

  await page.getByRole("link", { name: "Careful" }).click();
  await expect(page.getByText("you are notified and the key is frozen")).toBeVisible();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  const edit = page.getByRole("dialog", { name: "Edit the API key" });
  await edit.getByLabel("When there is unusual activity").click();
  await page.getByRole("option", { name: "Throttle the key" }).click();
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("you are notified and the key is throttled")).toBeVisible();
});

test("a webhook is added with a secret that is shown once, turned off and removed", async ({ page, ann, guard }) => {
  guard.expect(/status of 422 .*\/webhooks\)/);
  await page.goto(ann.page("settings/webhooks"));
  await page.getByRole("button", { name: "Add webhook" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Add webhook" });
  await dialog.getByLabel("URL").fill("https://169.254.169.254/latest");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByText("must be on the public network")).toBeVisible();
  await dialog.getByLabel("URL").fill("https://example.com/hooks");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByTestId("secret")).toHaveText(/^whsec_/);
  await page.getByLabel("I have stored it").check();
  await page.getByRole("button", { name: "Done" }).click();

  const table = page.getByRole("table", { name: "Webhooks" });
  await expect(table.getByText("https://example.com/hooks")).toBeVisible();
  await page.getByRole("button", { name: "Turn off https://example.com/hooks" }).click();
  await expect(table.getByText("Off", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Remove https://example.com/hooks" }).click();
  await confirm(page.getByRole("dialog"), "Remove");
  await expect(page.getByText("No webhooks")).toBeVisible();
});
