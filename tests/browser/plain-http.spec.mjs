// A server on a private network without TLS: no secure context, so no `Secure` cookie, no `randomUUID`, no clipboard.
import { startYunxin } from "./support/installation.mjs";
import { PASSWORD } from "./support/people.mjs";
import { freePort } from "./support/port.mjs";
import { test as base, expect } from "./support/test.mjs";

const HOST = "gpu-server";

const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern
  server: async ({}, use) => {
    const port = await freePort();
    const url = `http://${HOST}:${port}`;
    const server = await startYunxin({ accounts: `sign_up = "open"\npublic_url = "${url}"\n`, listen: `127.0.0.1:${port}` });
    await use({ ...server, url });
    await server.stop();
  },
});

test.use({
  launchOptions: {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", `--host-resolver-rules=MAP ${HOST} 127.0.0.1`],
  },
});

test("somebody signs up, makes a key and copies it", async ({ page, server, guard }) => {
  guard.expect(/Cross-Origin-Opener-Policy header has been ignored/);
  await page.goto("/sign-up");
  expect(await page.evaluate(() => isSecureContext)).toBe(false);
  await page.getByLabel("E-mail address").fill("ann@example.test");
  await page.getByLabel("Name").fill("Ann");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/overview");
  await page.getByRole("link", { name: "API keys", exact: true }).click();
  await page.getByRole("button", { name: "Create API key" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Create an API key" });
  await dialog.getByLabel("Name").fill("Laptop");
  await dialog.getByRole("button", { name: "Create key" }).click();
  await expect(page.getByTestId("secret")).toHaveText(/^yx-[0-9A-Za-z]{49}$/);
  await page.getByRole("dialog").getByRole("button", { name: /^Copy/ }).first().click();
  await expect(page.getByRole("dialog").getByRole("button", { name: "Copied" })).toBeVisible();
  expect(server.log()).toContain("a setting will not work as it is");
  expect(guard.faults).toEqual([]);
});
