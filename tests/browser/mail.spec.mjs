import { refusal } from "./support/guard.mjs";
import { startYunxin } from "./support/installation.mjs";
import { linkIn, startMailbox } from "./support/mailbox.mjs";
import { forgetSession, PASSWORD, Person, signIn as signInByApi, uniqueEmail } from "./support/people.mjs";
import { freePort } from "./support/port.mjs";
import { eventually, expect, test as base } from "./support/test.mjs";

const test = base.extend({
  mailed: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern
    async ({}, use) => {
      const mailbox = await startMailbox();
      const listen = `127.0.0.1:${await freePort()}`;
      const server = await startYunxin({
        listen,
        accounts: `sign_up = "open"\npublic_url = "http://${listen}"\n`,
        config: `[mail]\nhost = "127.0.0.1"\nport = ${mailbox.port}\ntls = "none"\nfrom = "Yunxin <yunxin@example.test>"\n`,
      });
      await use({ ...server, mailbox });
      await server.stop();
      await mailbox.stop();
    },
    { scope: "worker" },
  ],
  server: async ({ mailed }, use) => use(mailed),
});

const mailTo = (server, address, count = 1) =>
  eventually(() => server.mailbox.to(address).length >= count && server.mailbox.to(address), `mail ${count} to ${address}`);

async function signUpByPage(page, email) {
  await page.goto("/sign-up");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "Check your e-mail" })).toBeVisible();
}

async function signIn(page, email, password) {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Signs up and opens the link of the mail. */
async function confirmed(page, server, email) {
  await signUpByPage(page, email);
  const [mail] = await mailTo(server, email);
  await page.goto(linkIn(mail, "confirm-email"));
  await expect(page.getByRole("heading", { name: "Your address is confirmed" })).toBeVisible();
}

test("an address is confirmed by mail before there is a user, and the link works once", async ({ page, server, guard }) => {
  guard.expect(refusal(401, "/auth/sign-in"));
  guard.expect(refusal(422, "/auth/email-confirmation"));
  const email = uniqueEmail("ann");
  await signUpByPage(page, email);
  const [mail] = await mailTo(server, email);
  expect(mail.header("From")).toContain("yunxin@example.test");
  await signIn(page, email, PASSWORD);
  await expect(page.getByRole("alert")).toBeVisible();

  await page.goto(linkIn(mail, "confirm-email"));
  await expect(page.getByRole("heading", { name: "Your address is confirmed" })).toBeVisible();
  await signIn(page, email, PASSWORD);
  await page.waitForURL("**/overview");
  await forgetSession(page);
  await page.goto(linkIn(mail, "confirm-email"));
  await expect(page.getByRole("heading", { name: "This link does not work" })).toBeVisible();
});

test("a forgotten password is replaced by the link of a mail, which ends every session", async ({ page, server, guard }) => {
  guard.expect(refusal(401, "/auth/sign-in"));
  guard.expect(refusal(422, "/auth/password-reset"));
  const email = uniqueEmail("forgetful");
  await confirmed(page, server, email);
  const before = await signInByApi(server.url, email);

  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("button", { name: "Send link" }).click();
  await expect(page.getByRole("heading", { name: "Check your e-mail" })).toBeVisible();
  const mails = await eventually(() => {
    const found = server.mailbox.to(email).filter((mail) => mail.text.includes("/reset-password#"));
    return found.length > 0 && found;
  }, "a mail with a link to reset");
  const link = linkIn(mails[0], "reset-password");
  await page.goto(link);
  await page.getByLabel("New password").or(page.getByLabel("Password", { exact: true })).first().fill("a brand new phrase");
  await page.getByRole("button", { name: "Change password" }).click();
  await page.waitForURL("**/sign-in*");
  await signIn(page, email, PASSWORD);
  await expect(page.getByRole("alert")).toBeVisible();
  await signIn(page, email, "a brand new phrase");
  await page.waitForURL("**/overview");
  expect((await before.send("GET", "/me")).status, "a session from before").toBe(401);

  await forgetSession(page);
  await page.goto(link);
  await page.getByLabel("New password").or(page.getByLabel("Password", { exact: true })).first().fill("yet another phrase");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("This link does not work").or(page.getByText(/has been used, has expired/)).first()).toBeVisible();
});

test("nobody learns from a form whether an address has an account", async ({ page, server }) => {
  const known = uniqueEmail("known");
  const unknown = uniqueEmail("unknown");
  await confirmed(page, server, known);
  const visitor = new Person(server.url);
  for (const path of ["/auth/password-reset", "/auth/sign-up"]) {
    const body = (email) => (path.endsWith("sign-up") ? { email, password: PASSWORD } : { email });
    const [one, other] = [await visitor.send("POST", path, body(known)), await visitor.send("POST", path, body(unknown))];
    expect([one.status, await one.text()], path).toEqual([other.status, await other.text()]);
    expect(one.status, path).toBe(202);
  }
  // Who has an account is told by mail that somebody tried, and nobody else gets a link to set a password.
  await mailTo(server, known, 2);
  expect(server.mailbox.to(unknown).filter((mail) => mail.text.includes("/reset-password#"))).toEqual([]);
});

test("an invite is sent by mail, in the name of the account", async ({ page, server, context }) => {
  const email = uniqueEmail("host");
  await confirmed(page, server, email);
  const host = await signInByApi(server.url, email);
  await host.enter(context);
  const guest = uniqueEmail("guest");
  await page.goto(host.page("settings/members"));
  await page.getByRole("button", { name: "Invite a person" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Invite a person" });
  await dialog.getByLabel("E-mail address").fill(guest);
  await dialog.getByRole("button", { name: "Create invite" }).click();
  const link = await page.getByTestId("invite-link").innerText();
  const [mail] = await mailTo(server, guest);
  expect(linkIn(mail, "invite")).toBe(link);
});
