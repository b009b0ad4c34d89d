import { refusal } from "./support/guard.mjs";
import { ask, refusalOf } from "./support/sdk.mjs";
import { PASSWORD, uniqueEmail } from "./support/people.mjs";
import { eventually, expect, test } from "./support/test.mjs";

const SECRET = /^yx-[0-9A-Za-z]{49}$/;

/** Fills in the create dialog, and the secret that it shows once. */
async function createInDialog(page, name) {
  await page.getByRole("button", { name: "Create API key" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Create an API key" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Create key" }).click();
  const secret = await page.getByTestId("secret").innerText();
  expect(secret).toMatch(SECRET);
  return secret;
}

async function storeSecret(page) {
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Done" })).toBeDisabled();
  await dialog.getByLabel("I have stored it").check();
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toHaveCount(0);
}

test("somebody signs up, creates a key, and makes the first API call with it", async ({ page, server }) => {
  await page.goto("/sign-up");
  await page.getByLabel("E-mail address").fill(uniqueEmail());
  await page.getByLabel("Name").fill("Ann");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/overview");
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();

  await page.getByRole("link", { name: "API keys", exact: true }).click();
  await expect(page.getByText("No API keys yet")).toBeVisible();
  const secret = await createInDialog(page, "Production Server");
  await storeSecret(page);
  await expect(page.getByRole("link", { name: "Production Server" })).toBeVisible();

  const response = await ask(server, secret);
  expect(response.choices[0].message.content).toContain("You said");
  await page.getByRole("link", { name: "Requests", exact: true }).click();
  const calls = page.getByRole("table", { name: "Requests" });
  await expect(calls.getByText("sandbox-small").first()).toBeVisible();
});

test("a secret is shown once and never again", async ({ page, ann }) => {
  await page.goto(ann.page("api-keys"));
  const secret = await createInDialog(page, "Shown once");

  // Escape and a click beside the dialog do not lose it.
  await page.keyboard.press("Escape");
  await page.mouse.click(5, 5);
  await expect(page.getByTestId("secret")).toHaveText(secret);
  await storeSecret(page);
  await expect(page.getByText(secret)).toHaveCount(0);

  const middle = secret.slice(8, -8);
  await page.reload();
  await expect(page.getByRole("link", { name: "Shown once" })).toBeVisible();
  expect(await page.content()).not.toContain(middle);
  await page.getByRole("link", { name: "Shown once" }).click();
  await expect(page.getByRole("heading", { name: "Secrets" })).toBeVisible();
  expect(await page.content()).not.toContain(middle);

  const [key] = (await ann.account("GET", "/api-keys")).data;
  for (const path of ["/api-keys", `/api-keys/${key.id}`, `/api-keys/${key.id}/secrets`, "/audit-log"]) {
    expect(JSON.stringify(await ann.account("GET", path)), path).not.toContain(middle);
  }
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(stored).not.toContain(middle);
});

test("a key is revoked after its name was typed, and refused at once", async ({ page, ann, server }) => {
  const { secret } = await ann.createKey("Leaked");
  await ask(server, secret);
  await page.goto(ann.page("api-keys"));
  await page.getByRole("button", { name: "Actions for Leaked" }).click();
  await page.getByRole("menuitem", { name: "Revoke" }).click();
  const dialog = page.getByRole("dialog", { name: "Revoke the API key" });
  const revoke = dialog.getByRole("button", { name: "Revoke key" });
  await expect(revoke).toBeDisabled();
  await dialog.getByRole("textbox").fill("Leake");
  await expect(revoke).toBeDisabled();
  await dialog.getByRole("textbox").fill("Leaked");
  await revoke.click();
  await expect(dialog).toBeHidden();
  expect(await refusalOf(server, secret)).toEqual({ status: 403, code: "key_revoked" });
  await expect(page.getByRole("row", { name: /Leaked/ })).toContainText("Revoked");
});

test("after a regeneration with grace both secrets work until the grace is ended", async ({ page, ann, server }) => {
  const { secret: old, api_key } = await ann.createKey("Rotated");
  await page.goto(ann.page(`api-keys/${api_key.id}`));
  await page.getByRole("button", { name: "Regenerate" }).click();
  const dialog = page.getByRole("dialog", { name: "Regenerate the secret" });
  await dialog.getByRole("radio", { name: /24 hours/ }).click();
  await dialog.getByRole("button", { name: "Regenerate" }).click();
  const fresh = await page.getByTestId("secret").innerText();
  await storeSecret(page);
  expect(fresh).toMatch(SECRET);
  expect(fresh).not.toBe(old);

  await ask(server, old);
  await ask(server, fresh);

  // Who still uses the old one: written within seconds, so that the page is asked again.
  const secrets = page.getByRole("table", { name: "Secrets" });
  await expect(secrets.getByRole("row")).toHaveCount(3);
  const row = secrets.getByRole("row", { name: /Old, still works/ });
  await eventually(async () => {
    await page.reload();
    await expect(row).toBeVisible();
    return (await row.innerText()).includes("127.0.0.1");
  }, "the old secret's last use on the page", 40);

  await page.getByRole("button", { name: "End grace now" }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "End now" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(await refusalOf(server, old)).toEqual({ status: 401, code: "invalid_api_key" });
  await ask(server, fresh);
});

test("a regeneration without grace ends the old secret at once", async ({ page, ann, server }) => {
  const { secret: old, api_key } = await ann.createKey("Leaked secret");
  await page.goto(ann.page(`api-keys/${api_key.id}`));
  await page.getByRole("button", { name: "Regenerate" }).click();
  const dialog = page.getByRole("dialog", { name: "Regenerate the secret" });
  await dialog.getByRole("radio", { name: /Not at all/ }).click();
  await dialog.getByRole("button", { name: "Regenerate" }).click();
  const fresh = await page.getByTestId("secret").innerText();
  expect(await refusalOf(server, old)).toEqual({ status: 401, code: "invalid_api_key" });
  await ask(server, fresh);
});

test("a key that may use one model only is refused the others", async ({ page, ann, server }) => {
  await page.goto(ann.page("api-keys"));
  await page.getByRole("button", { name: "Create API key" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Create an API key" });
  await dialog.getByLabel("Name").fill("Narrow");
  await dialog.getByRole("button", { name: /Restrictions/ }).click();
  await dialog.getByRole("checkbox", { name: "Embeddings" }).check();
  await dialog.getByRole("button", { name: "Create key" }).click();
  const secret = await page.getByTestId("secret").innerText();
  expect(await refusalOf(server, secret)).toEqual({ status: 403, code: "insufficient_permissions" });
});

test("a key without a name is not created, and the dialog says why", async ({ page, ann }) => {
  await page.goto(ann.page("api-keys"));
  await page.getByRole("button", { name: "Create API key" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Create an API key" });
  await dialog.getByRole("button", { name: "Create key" }).click();
  await expect(dialog.getByText("Give the key a name.")).toBeVisible();
  expect((await ann.account("GET", "/api-keys")).data).toEqual([]);
});

test("beyond the tier's number of keys the dialog says what to do", async ({ page, ann, guard }) => {
  const { keys_max: most } = await ann.account("GET", "");
  for (let made = 0; made < most; made++) await ann.createKey(`Key ${made}`);
  guard.expect(refusal(409, "/api-keys"));
  guard.expect(refusal(403, "/api-keys"));
  guard.expect(refusal(422, "/api-keys"));
  await page.goto(ann.page("api-keys"));
  await page.getByRole("button", { name: "Create API key" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Create an API key" });
  await dialog.getByLabel("Name").fill("One too many");
  await dialog.getByRole("button", { name: "Create key" }).click();
  await expect(dialog.getByRole("alert")).toContainText("as many keys as its tier allows");
});

test("a key is created, copied and stored without a mouse", async ({ page, ann }) => {
  await page.goto(ann.page("api-keys"));
  await expect(page.getByRole("heading", { level: 1, name: "API keys" })).toBeVisible();
  const focusOn = async (name, limit = 60) => {
    for (let step = 0; step < limit; step++) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        return (element?.getAttribute("aria-label") ?? element?.labels?.[0]?.textContent ?? element?.textContent ?? "").trim();
      });
      if (focused.startsWith(name)) return;
    }
    throw new Error(`Tab never came to ${name}`);
  };
  await focusOn("Create API key");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Create an API key" });
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await page.keyboard.type("By keyboard");
  await focusOn("Create key");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("secret")).toHaveText(SECRET);
  await focusOn("I have stored it");
  await page.keyboard.press("Space");
  await focusOn("Done");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("link", { name: "By keyboard" })).toBeVisible();
  // The focus is somewhere on the page, not lost: the next Tab does not begin at its top again.
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");
});
