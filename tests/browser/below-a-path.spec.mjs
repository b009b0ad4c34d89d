// An installation below a path of a host that others share, behind a proxy that passes the path on, and behind one that
// takes it off.
import { startYunxin } from "./support/installation.mjs";
import { startPathProxy } from "./support/path-proxy.mjs";
import { PASSWORD } from "./support/people.mjs";
import { test as base, expect } from "./support/test.mjs";

const BASE = "/llm";

for (const [what, strips] of [
  ["passes it on", false],
  ["takes it off", true],
]) {
  const test = base.extend({
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern
    server: async ({}, use) => {
      const proxy = await startPathProxy({ base: BASE, strips });
      const server = await startYunxin({ accounts: `sign_up = "open"\npublic_url = "${proxy.url}${BASE}"\n` });
      proxy.serve(server.url);
      await use({ ...server, url: proxy.url, direct: server.url, proxy });
      await proxy.stop();
      await server.stop();
    },
  });

  test(`the Dashboard and its documentation work below a path when the proxy ${what}`, async ({ page, context, server, guard }) => {
    test.setTimeout(120_000);
    guard.expect(/status of 401 .*\/v1\/models\)/);
    expect(server.info.operator_link).toContain(`${server.url}${BASE}/first-operator#`);
    await page.goto(server.info.operator_link);
    await page.getByLabel("E-mail address").fill("olga@example.test");
    await page.getByLabel("Name").fill("Olga");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create operator" }).click();
    await page.waitForURL(`**${BASE}/operator/providers`);
    const cookies = await context.cookies(`${server.url}${BASE}`);
    expect(cookies.map(({ name, path }) => [name, path])).toContainEqual(["__Secure-yunxin-session", BASE]);
    expect(await context.cookies(`${server.url}/other`)).toEqual([]);

    // A link, the way back, and a page that is opened by its address.
    await page.getByRole("link", { name: "Accounts" }).first().click();
    await page.waitForURL(`**${BASE}/operator/accounts`);
    await page.goBack();
    await page.waitForURL(`**${BASE}/operator/providers`);
    await page.goto(`${BASE}/operator/models?x=1`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Models");
    await page.goto(`${BASE}/usage`);
    await expect(page).toHaveURL(new RegExp(`${BASE}/`));

    await page.goto(`${BASE}/docs`);
    await page.waitForURL(`**${BASE}/docs/*`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.locator("#navigation a").nth(3).click();
    await page.waitForURL(`**${BASE}/docs/*`);
    await page.keyboard.press("/");
    await page.getByRole("combobox", { name: "Search the documentation" }).fill("create chat completion");
    const found = page.getByRole("dialog").getByRole("option").first();
    await expect(found).toHaveAttribute("href", new RegExp(`^${BASE}/docs/`));
    await found.click();
    await page.waitForURL(`**${BASE}/docs/api-reference#create_chat_completion`);
    await expect(page.locator("body")).toContainText(`${server.url}${BASE}/v1/chat/completions`);

    const models = await page.evaluate(async (path) => (await fetch(path)).headers.get("content-type"), `${BASE}/v1/models`);
    expect(models).toBe("application/json");

    // Signing out, and in again to where one was.
    await page.goto(`${BASE}/operator/tiers`);
    // What is still asked for when the session ends is refused.
    await expect(page.getByRole("main").getByText("Enterprise").first()).toBeVisible();
    await page.getByRole("button", { name: /user menu$/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.waitForURL(`**${BASE}/sign-in`);
    await page.goto(`${BASE}/operator/tiers`);
    await page.waitForURL(`**${BASE}/sign-in?return_to=*`);
    await page.getByLabel("E-mail address").fill("olga@example.test");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL(`**${BASE}/operator/tiers`);
    expect(server.proxy.strays.filter((path) => path !== "/favicon.ico")).toEqual([]);
    expect(guard.faults).toEqual([]);
  });
}
