import { startIdentityProvider, CLIENT } from "./support/identity-provider.mjs";
import { startYunxin } from "./support/installation.mjs";
import { forgetSession, signUp, uniqueEmail } from "./support/people.mjs";
import { freePort } from "./support/port.mjs";
import { expect, test as base } from "./support/test.mjs";

const FRESH = uniqueEmail("ida");
const TAKEN = uniqueEmail("taken");
const LOOSE = uniqueEmail("loose");
const PEOPLE = {
  ida: { email: FRESH, email_verified: true, name: "Ida" },
  taken: { email: TAKEN, email_verified: true, name: "Mallory" },
  loose: { email: LOOSE, email_verified: false, name: "Lou" },
};

const test = base.extend({
  federated: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern
    async ({}, use) => {
      const listen = `127.0.0.1:${await freePort()}`;
      const callback = (name) => `http://${listen}/api/v1/auth/providers/${name}/callback`;
      const company = await startIdentityProvider({ redirectUri: callback("company"), people: PEOPLE });
      const spare = await startIdentityProvider({ redirectUri: callback("spare"), people: PEOPLE, inIdToken: false });
      const table = (name, display, issuer) =>
        `[[accounts.sign_in_providers]]\nname = "${name}"\ndisplay_name = "${display}"\nkind = "oidc"\nissuer = "${issuer}"\nclient_id = "${CLIENT.id}"\nclient_secret = "${CLIENT.secret}"\n`;
      const server = await startYunxin({
        listen,
        accounts: `sign_up = "open"\npublic_url = "http://${listen}"\n`,
        config: table("company", "Company", company.issuer) + table("spare", "Spare", spare.issuer),
      });
      await use({ ...server, issuers: [company.issuer, spare.issuer] });
      await server.stop();
      await company.stop();
      await spare.stop();
    },
    { scope: "worker" },
  ],
  server: async ({ federated }, use) => use(federated),
  guard: async ({ guard, server }, use) => {
    for (const issuer of server.issuers) guard.allow(issuer);
    // The provider's pages have no icon, and the browser says so.
    guard.expect(/favicon\.ico/);
    await use(guard);
  },
});

async function signInWith(page, provider, login) {
  await page.goto("/sign-in");
  await page.getByRole("link", { name: `Continue with ${provider}` }).or(page.getByRole("button", { name: `Continue with ${provider}` })).click();
  await page.getByLabel("Who are you?").fill(login);
  await page.getByRole("button", { name: "Continue" }).click();
}

const whoIsThere = (page) => page.evaluate(() => fetch("/api/v1/me").then((response) => response.json()));

test("somebody signs in with their company, is a user from then on, and the same one the next time", async ({ page }) => {
  await signInWith(page, "Company", "ida");
  await page.waitForURL("**/overview");
  const { user } = await whoIsThere(page);
  expect(user).toMatchObject({ email: FRESH, is_email_confirmed: true, has_password: false });
  await forgetSession(page);
  await signInWith(page, "Company", "ida");
  await page.waitForURL("**/overview");
  expect((await whoIsThere(page)).user.id).toBe(user.id);
  await page.goto("/settings/security");
  await expect(page.getByRole("heading", { name: "Connected sign-ins" })).toBeVisible();
  await expect(page.getByText("Company").first()).toBeVisible();
});

test("whoever asked for a page comes to that page after signing in with their company", async ({ page }) => {
  await page.goto("/settings/sessions");
  await page.waitForURL("**/sign-in*");
  await page.getByRole("link", { name: "Continue with Company" }).or(page.getByRole("button", { name: "Continue with Company" })).click();
  await page.getByLabel("Who are you?").fill("ida");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForURL("**/settings/sessions");
});

test("a provider does not hand out the account of somebody who has that address already", async ({ page, server }) => {
  const owner = await signUp(server.url, { email: TAKEN, name: "Owner" });
  await signInWith(page, "Company", "taken");
  await page.waitForURL("**/sign-in*");
  await expect(page.getByText("We could not sign you in")).toBeVisible();
  expect((await owner.call("GET", "/me")).user.name).toBe("Owner");
});

test("an address that the provider has not verified opens nothing", async ({ page }) => {
  await signInWith(page, "Company", "loose");
  await page.waitForURL("**/sign-in*");
  await expect(page.getByText("has not verified your e-mail address", { exact: false })).toBeVisible();
});

test("whoever cancels at the provider is told so, and is nobody", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Continue with Company" }).or(page.getByRole("button", { name: "Continue with Company" })).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.waitForURL("**/sign-in*");
  await expect(page.getByText("You cancelled the sign-in at the provider.", { exact: false })).toBeVisible();
});

test("a provider that tells addresses at its userinfo endpoint only will do", async ({ page }) => {
  PEOPLE.una = { email: uniqueEmail("una"), email_verified: true, name: "Una" };
  await signInWith(page, "Spare", "una");
  await page.waitForURL("**/overview");
  expect((await whoIsThere(page)).user.email).toBe(PEOPLE.una.email);
});

test("a response of the provider that this browser did not ask for signs nobody in", async ({ page, context, browser, server }) => {
  // Mallory gets a response for herself, and has Ann's browser open it.
  const mallory = await browser.newContext({ baseURL: server.url });
  const hers = await mallory.newPage();
  let response;
  hers.on("request", (request) => {
    if (request.url().includes("/providers/company/callback?")) response = request.url();
  });
  await hers.goto("/sign-in");
  await hers.getByRole("link", { name: "Continue with Company" }).or(hers.getByRole("button", { name: "Continue with Company" })).click();
  await hers.getByLabel("Who are you?").fill("ida");
  await hers.getByRole("button", { name: "Continue" }).click();
  await expect.poll(() => response).toBeTruthy();
  await mallory.close();

  await page.goto(response);
  await page.waitForURL("**/sign-in*");
  await expect(page.getByText("We could not sign you in")).toBeVisible();
  expect((await context.cookies()).filter(({ name }) => name === "__Host-yunxin-session")).toEqual([]);
});

test("the way back leads to no other site", async ({ page, server }) => {
  for (const target of ["https://evil.example/", "//evil.example/", "/\\evil.example/", "/%09/evil.example"]) {
    const start = await fetch(`${server.url}/api/v1/auth/providers/company/start?return_to=${encodeURIComponent(target)}`, { redirect: "manual" });
    if (start.status >= 400) continue;
    await page.goto(`/api/v1/auth/providers/company/start?return_to=${encodeURIComponent(target)}`);
    if (await page.getByLabel("Who are you?").count()) {
      await page.getByLabel("Who are you?").fill("ida");
      await page.getByRole("button", { name: "Continue" }).click();
    }
    await page.waitForURL((url) => url.origin === server.url && !url.pathname.startsWith("/api/"));
    await forgetSession(page);
  }
});
