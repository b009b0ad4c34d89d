import { startYunxin } from "./support/installation.mjs";
import { PASSWORD } from "./support/people.mjs";
import { expect, test as base } from "./support/test.mjs";

const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern
  server: async ({}, use) => {
    const server = await startYunxin({ accounts: "" });
    await use(server);
    await server.stop();
  },
});

test("the first operator signs up by the one-time link, which then opens nothing more", async ({ page, server, guard }) => {
  await page.goto("/sign-in");
  await expect(page.getByText("This server has no operator yet", { exact: false })).toBeVisible();

  await page.goto(server.info.operator_link);
  await expect(page.getByRole("heading", { name: "Set up Yunxin" })).toBeVisible();
  // The token is in no address that a log or a history keeps.
  await expect.poll(() => page.url()).not.toContain(server.info.operator_link.split("#")[1]);
  await page.getByLabel("E-mail address").fill("olga@example.test");
  await page.getByLabel("Name").fill("Olga");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create operator" }).click();
  await page.waitForURL("**/operator/providers");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Providers");
  await page.goto("/operator/accounts");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Accounts");

  await page.goto(server.info.operator_link);
  await expect(page.getByRole("heading", { name: "This server is already set up" })).toBeVisible();
  expect(guard.faults).toEqual([]);
});

test("a password that is too weak is refused where it is typed", async ({ page, server }) => {
  await page.goto(server.info.operator_link);
  await page.getByLabel("E-mail address").fill("olga@example.test");
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Create operator" }).click();
  await expect(page.getByText("Choose a password that meets the requirements below.")).toBeVisible();
});
