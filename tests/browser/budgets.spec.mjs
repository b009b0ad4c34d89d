// Budgets: set with a key, seen to refuse, raised, and seen to let through; those of the account.
import { signUp } from "./support/people.mjs";
import { ask, refusalOf } from "./support/sdk.mjs";
import { expect, test } from "./support/test.mjs";

/** A model that is not free. */
const PRICED = "sandbox-standard";

test("a key is made with a budget that refuses its requests until it is raised", async ({ page, ann, server }) => {
  await server.cli("account", "set-tier", ann.accountId, "basic");
  await page.goto(ann.page("api-keys"));
  await page.getByRole("button", { name: "Create API key" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Create an API key" });
  await dialog.getByLabel("Name").fill("Capped");
  await dialog.getByRole("button", { name: "Add a budget" }).click();
  await dialog.getByRole("button", { name: "Create key" }).click();
  await expect(dialog.getByText("Enter an amount in dollars.")).toBeVisible();
  await dialog.getByLabel("Amount of budget 1").fill("0");
  await dialog.getByLabel("Window of budget 1").click();
  await page.getByRole("option", { name: "per day" }).click();
  await dialog.getByRole("button", { name: "Create key" }).click();
  const secret = (await page.getByTestId("secret").textContent()).trim();
  await page.getByLabel("I have stored it").check();
  await page.getByRole("button", { name: "Done" }).click();

  const refusal = await refusalOf(server, secret, PRICED);
  expect(refusal.status).toBe(402);
  expect(refusal.code).toBe("budget_exceeded");

  await page.getByRole("link", { name: "Capped" }).click();
  await expect(page.getByText("$0.00 of $0.00")).toBeVisible();
  await expect(page.getByRole("progressbar", { name: "per day: 100% spent" })).toBeVisible();
  await page.getByRole("button", { name: "Change budgets" }).click();
  const edit = page.getByRole("dialog", { name: "Edit the API key" });
  await edit.getByLabel("Amount of budget 1").fill("5");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("of $5.00")).toBeVisible();
  await ask(server, secret, undefined, PRICED);
});

test("an account sees what it spends this month, and bounds itself", async ({ page, ann, server }) => {
  await server.cli("account", "set-tier", ann.accountId, "basic");
  await page.goto(ann.page("overview"));
  await expect(page.getByText("Forecast for the month")).toBeVisible();
  await page.getByRole("button", { name: "Change budgets" }).click();
  const dialog = page.getByRole("dialog", { name: "Budgets of the account" });
  await dialog.getByRole("button", { name: "Add a budget" }).click();
  await dialog.getByLabel("Amount of budget 1").fill("0");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("per month")).toBeVisible();
  const key = await ann.createKey("Any");
  const refusal = await refusalOf(server, key.secret, PRICED);
  expect(refusal.code).toBe("budget_exceeded");
  await page.getByRole("button", { name: "Change budgets" }).click();
  await dialog.getByRole("button", { name: "Remove budget 1" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("No budgets. Nothing limits what the account spends.")).toBeVisible();
  await ask(server, key.secret, undefined, PRICED);
});

test("an operator bounds an account in place of its tier, and lets it spend more for a while", async ({ page, server, operator }) => {
  const ann = await signUp(server.url, { name: "Ann who is bounded" });
  await server.cli("account", "set-tier", ann.accountId, "basic");
  const { secret } = await ann.createKey("Bounded");
  await page.goto(`/operator/accounts/${ann.accountId}`);
  await page.getByRole("button", { name: "Change budgets" }).click();
  const dialog = page.getByRole("dialog", { name: "Budgets of the account" });
  await dialog.getByRole("radio", { name: "Budgets of its own" }).check();
  await dialog.getByRole("button", { name: "Add a budget" }).click();
  await dialog.getByLabel("Amount of budget 1").fill("0");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Set by operators")).toBeVisible();
  expect((await refusalOf(server, secret, PRICED)).code).toBe("budget_exceeded");

  await page.getByRole("button", { name: "Change budgets" }).click();
  await dialog.getByRole("button", { name: "Give budget 1 another amount for a while" }).click();
  await dialog.getByLabel("Temporary amount for budget 1", { exact: true }).fill("5");
  await dialog.getByLabel("Last day of the temporary amount for budget 1").fill(inDays(7));
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("of $5.00")).toBeVisible();
  await expect(page.getByText("Usually $0.00; until")).toBeVisible();
  await ask(server, secret, undefined, PRICED);
  void operator;
});

test("an operator bounds every account on a tier", async ({ page, server, operator }) => {
  const tier = { id: "bounded", display_name: "Bounded", rank: 25, priority: 2, account_multiplier: 2, price_factor_percent: 100 };
  await operator.call("POST", "/admin/tiers", tier);
  const ann = await signUp(server.url, { name: "Ann on a bounded tier" });
  await server.cli("account", "set-tier", ann.accountId, tier.id);
  const { secret } = await ann.createKey("Of the tier");
  await ask(server, secret, undefined, PRICED);
  await page.goto("/operator/tiers");
  await page.getByRole("button", { name: "Edit Bounded" }).click();
  const dialog = page.getByRole("dialog", { name: "Edit Bounded" });
  await dialog.getByRole("button", { name: "Add a budget" }).click();
  await dialog.getByLabel("Amount of budget 1").fill("0");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("$0.00 per month")).toBeVisible();
  expect((await refusalOf(server, secret, PRICED)).code).toBe("budget_exceeded");
});

/** The day so many days from now, in UTC, as a field of dates takes it. */
function inDays(days) {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
