import { refusal } from "./support/guard.mjs";
import { PASSWORD } from "./support/people.mjs";
import { expect, test } from "./support/test.mjs";
import { codeAt } from "./support/totp.mjs";

async function setUp(page, ann) {
  await page.goto("/settings/security");
  await page.getByRole("button", { name: "Set up" }).click();
  const dialog = page.getByRole("dialog", { name: "Set up two-factor sign-in" });
  await dialog.getByLabel("Your password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Continue" }).click();
  await expect(dialog.getByRole("img", { name: "QR code for your authenticator app" })).toBeVisible();
  const response = await ann.call("GET", "/me");
  expect(response.user.has_two_factor, "in force before it was confirmed").toBe(false);
  const shown = await dialog.locator("span", { hasText: /^[A-Z2-7]{4}( [A-Z2-7]{1,4})+$/ }).innerText();
  const secret = shown.replaceAll(" ", "");
  await dialog.getByLabel("Six-digit code").fill(codeAt(secret, Date.now()));
  await dialog.getByRole("button", { name: "Turn on" }).click();
  const codes = page.getByRole("dialog", { name: "Your recovery codes" });
  await expect(codes.getByRole("listitem")).toHaveCount(10);
  const recovery = await codes.getByRole("list").getByRole("listitem").allInnerTexts();
  await codes.getByLabel("I have stored it").check();
  await codes.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Turn off" })).toBeVisible();
  return { secret, recovery };
}

async function signOut(page) {
  await page.getByRole("button", { name: /user menu$/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in*");
}

async function giveCredentials(page, email) {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

test("two-factor sign-in is set up, asked for, and got past with a recovery code that works once", async ({ page, ann, guard }) => {
  guard.expect(refusal(401, "/auth/sign-in"));
  guard.expect(refusal(422, "/auth/sign-in"));
  const { secret, recovery } = await setUp(page, ann);
  await signOut(page);

  // A code is good for one sign-in: the one that set it up is used, so the next one in time is asked for.
  await giveCredentials(page, ann.email);
  await expect(page.getByRole("heading", { name: "Two-factor code" })).toBeVisible();
  await page.getByLabel("Code").fill("000000");
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByLabel("Code").fill("");
  await page.getByLabel("Code").fill(codeAt(secret, Date.now() + 30_000));
  await page.waitForURL("**/overview");
  await signOut(page);

  const withRecovery = async (code) => {
    await giveCredentials(page, ann.email);
    await page.getByRole("button", { name: "Use a recovery code instead" }).click();
    await page.getByLabel("Recovery code").fill(code);
    await page.getByRole("button", { name: "Verify" }).click();
  };
  await withRecovery(recovery[0]);
  await page.waitForURL("**/overview");
  await signOut(page);
  await withRecovery(recovery[0]);
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByLabel("Recovery code").fill(recovery[1]);
  await page.getByRole("button", { name: "Verify" }).click();
  await page.waitForURL("**/overview");
});

test("two-factor sign-in is turned off with the password and a code only", async ({ page, ann, guard }) => {
  guard.expect(refusal(422, "/me/two-factor"));
  const { recovery } = await setUp(page, ann);
  await page.getByRole("button", { name: "Turn off" }).click();
  const dialog = page.getByRole("dialog", { name: "Turn off two-factor sign-in" });
  await dialog.getByLabel("Your password").fill("not my password at all");
  await dialog.getByLabel("Code from the app, or a recovery code").fill(recovery[0]);
  await dialog.getByRole("button", { name: "Turn off" }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await dialog.getByLabel("Your password").fill(PASSWORD);
  await dialog.getByLabel("Code from the app, or a recovery code").fill(recovery[1]);
  await dialog.getByRole("button", { name: "Turn off" }).click();
  await expect(page.getByRole("button", { name: "Set up" })).toBeVisible();
});
