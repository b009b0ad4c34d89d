// Jobs that people come for, each with the clicks and fields that it takes: the way is counted from the page that opens
// after signing in.
import { Effort } from "./support/effort.mjs";
import { connect, MODEL } from "./support/sdk.mjs";
import { signUp } from "./support/people.mjs";
import { confirm, expect, test } from "./support/test.mjs";

/** A call that fails, by what the prompt asks the sandbox for; the id of the request. */
async function fail(server, secret, directive, model = MODEL) {
  const messages = [{ role: "user", content: `Hello. [[sandbox: ${directive}]]` }];
  const failure = await connect(server, secret)
    .chat.completions.create({ model, messages })
    .then(() => null, (error) => error);
  expect(failure, "the call fails").not.toBeNull();
  return failure.headers.get("x-request-id");
}

const nav = (page, name) => page.getByRole("navigation").getByRole("link", { name, exact: true });

test("an operator learns why a provider failed", async ({ page, server, operator }) => {
  const ann = await signUp(server.url, { name: "Ann of the failures" });
  const { secret } = await ann.createKey("Failing");
  await fail(server, secret, "status=500");
  await page.goto("/operator/accounts");
  const job = new Effort();
  await job.click(page.locator('a[href$="/operator/errors"]'));
  const group = page.getByRole("listitem").filter({ hasText: "upstream_error" }).first();
  await expect(group).toContainText("HTTP 500");
  await job.click(group.getByRole("link", { name: "Open the latest one" }));
  await expect(page.getByRole("heading", { name: "Route" })).toBeVisible();
  await expect(page.getByText("HTTP 500").first()).toBeVisible();
  job.atMost("why a provider failed", { clicks: 2, fields: 0 });
  await page.goto("/operator/deployments");
  await expect(page.getByRole("link", { name: "Open the request" }).first()).toBeVisible();
  void operator;
});

test("an operator opens a request of whichever account by its id", async ({ page, server, operator }) => {
  const ann = await signUp(server.url, { name: "Ann of the lost request" });
  const { secret } = await ann.createKey("Lost");
  const id = await fail(server, secret, "status=503");
  await page.goto("/operator/accounts");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  const job = new Effort();
  await page.keyboard.press("Control+k");
  const field = page.getByRole("combobox", { name: "Find a request, key, account, user or model" });
  await job.fill(field, id);
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/operator/requests/${id}`);
  await expect(page.getByText("Ann of the lost request").first()).toBeVisible();
  job.atMost("request by id", { clicks: 0, fields: 1 });
  void operator;
});

test("a key is found by the secret that was pasted, which is sent nowhere", async ({ page, ann }) => {
  const { secret, api_key: key } = await ann.createKey("Under the mat");
  await page.goto(ann.page("overview"));
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  const urls = [];
  page.on("request", (request) => urls.push(request.url() + (request.postData() ?? "")));
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Find a request, key, account, user or model" }).fill(secret);
  await expect(page.getByRole("option", { name: /Under the mat/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/api-keys/${key.id}`);
  expect(urls.filter((url) => url.includes(secret.slice(8, 24)))).toEqual([]);
});

test("whatever has a name, an id or an address is found by typing and Return alone", async ({ page, server, operator }) => {
  const ann = await signUp(server.url, { name: "Ann of the palette" });
  const { api_key: key } = await ann.createKey("Of the palette");
  const leads = [
    [key.id, `**/api-keys/${key.id}`],
    [key.hint, `**/api-keys/${key.id}`],
    [key.hint.replace("...", "…"), `**/api-keys/${key.id}`],
    [ann.accountId, `**/operator/accounts/${ann.accountId}`],
    [ann.email, "**/operator/**"],
    ["sandbox-small", "**/operator/models/sandbox-small"],
    ["Audit log", "**/operator/audit-log"],
  ];
  for (const [typed, address] of leads) {
    await page.goto("/operator/system");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.keyboard.press("Control+k");
    const field = page.getByRole("combobox", { name: "Find a request, key, account, user or model" });
    // Return before the search is back, as people type.
    await field.fill(typed);
    await page.keyboard.press("Enter");
    await expect(field, typed).toBeHidden();
    await page.waitForURL(address);
    expect(new URL(page.url()).pathname, typed).not.toBe("/operator/system");
  }
  void operator;
});

test("a request that does not exist is asked for once", async ({ page, ann, guard }) => {
  guard.expect(/status of 404/);
  let asked = 0;
  page.on("request", (request) => {
    if (request.url().includes("/api/v1/") && request.url().includes("/requests/req_00")) asked += 1;
  });
  await page.goto(ann.page("requests/req_00000000000070008000000000000000"));
  await expect(page.getByText("Not found")).toBeVisible();
  await page.waitForLoadState("networkidle");
  expect(asked).toBe(1);
});

test("a customer sees what each key spent yesterday", async ({ page, ann }) => {
  await ann.createKey("Till");
  await page.goto(ann.page("overview"));
  const job = new Effort();
  await job.click(nav(page, "Usage"));
  await job.click(page.getByRole("button", { name: "Yesterday", exact: true }));
  await expect(page).toHaveURL(/range=yesterday/);
  await expect(page.getByRole("heading", { name: "By API key" })).toBeVisible();
  job.atMost("yesterday's spend per key", { clicks: 2, fields: 0 });
});

test("an operator suspends an account, which is told on each of its pages", async ({ page, server, operator }) => {
  const ann = await signUp(server.url, { name: "Ann who is suspended" });
  const { secret } = await ann.createKey("Suspended");
  await page.goto("/operator/accounts");
  const job = new Effort();
  await job.click(page.getByRole("link", { name: "Ann who is suspended" }).first());
  await job.click(page.getByRole("button", { name: "Suspend account" }));
  job.clicks += 1;
  await confirm(page.getByRole("dialog", { name: /Suspend/ }), "Suspend account");
  await expect(page.getByRole("button", { name: "Reactivate account" })).toBeVisible();
  job.atMost("suspend an account", { clicks: 4, fields: 0 });
  await fail(server, secret, "words=1");
  await ann.enter(page.context());
  for (const path of ["overview", "api-keys", "usage", "requests", "playground", "settings/account"]) {
    await page.goto(ann.page(path));
    await expect(page.getByText("This account is suspended")).toBeVisible();
  }
  await page.goto(ann.page("api-keys"));
  await expect(page.getByText("Account suspended")).toBeVisible();
  await page.getByRole("link", { name: "Show the refused requests" }).click();
  await expect(page.getByRole("table", { name: "Requests" })).toContainText("403");
  void operator;
});

test("a customer exports the log of requests", async ({ page, server, ann }) => {
  const { secret } = await ann.createKey("Exported");
  await fail(server, secret, "status=500");
  await page.goto(ann.page("requests"));
  const job = new Effort();
  const download = page.waitForEvent("download");
  await job.click(page.getByRole("link", { name: "Export CSV" }));
  expect((await download).suggestedFilename()).toBe("requests.csv");
  job.atMost("export", { clicks: 1, fields: 0 });
});

test("an operator revokes a customer's key, and sends an invite again", async ({ page, server, operator }) => {
  const ann = await signUp(server.url, { name: "Ann of the stolen key" });
  await ann.createKey("Stolen");
  await page.goto(`/operator/accounts/${ann.accountId}`);
  const job = new Effort();
  await job.click(page.getByRole("button", { name: "Revoke Stolen" }));
  await job.click(page.getByRole("dialog").getByRole("button", { name: "Revoke" }));
  await expect(page.getByRole("row", { name: /Stolen/ })).toContainText("Revoked");
  job.atMost("revoke a customer's key", { clicks: 2, fields: 0 });
  const email = `again-${process.pid}@example.test`;
  await operator.call("POST", "/admin/invites", { email });
  await page.goto("/operator/users");
  await page.getByRole("button", { name: `Send again: the invite for ${email}` }).click();
  await expect(page.getByRole("dialog")).toContainText("#");
  await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: `Withdraw the invite for ${email}` }).click();
  await expect(page.getByRole("button", { name: `Withdraw the invite for ${email}` })).toHaveCount(0);
});
