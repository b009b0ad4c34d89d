import { refusal } from "./support/guard.mjs";
import { ask, refusalOf } from "./support/sdk.mjs";
import { eventually, expect, test } from "./support/test.mjs";

test("the playground streams a response, measures it, and links its receipt", async ({ page, ann }) => {
  await ann.createKey("Playground key");
  await page.goto(ann.page("playground"));
  await page.getByRole("textbox", { name: "Message" }).fill("Tell me about tea. [[sandbox: wps=40 words=60]]");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("button", { name: "Stop" })).toBeVisible();
  const conversation = page.getByRole("region", { name: "Conversation" });
  // Words come while it is still running: that is what a stream is.
  await expect(conversation).toContainText("You said");
  await expect(page.getByRole("button", { name: "Stop" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Send" })).toBeVisible({ timeout: 20_000 });
  await expect(conversation.getByText("First token")).toBeVisible();
  // The log is written a moment after the response.
  await eventually(async () => (await ann.account("GET", "/requests")).data.length > 0, "the request in the log");
  await conversation.getByRole("link", { name: "Receipt" }).click();
  await page.waitForURL("**/requests/req_*");
  await expect(page.getByRole("heading", { name: "Timing" })).toBeVisible();
});

test("a response is stopped, and what had come stays", async ({ page, ann }) => {
  await ann.createKey("Playground key");
  await page.goto(ann.page("playground"));
  await page.getByRole("textbox", { name: "Message" }).fill("Long. [[sandbox: wps=5 words=500]]");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("region", { name: "Conversation" })).toContainText("You said");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByText("You stopped this response.", { exact: false })).toBeVisible();
});

test("a provider's failure is told in the playground, not swallowed", async ({ page, ann, guard }) => {
  guard.expect(refusal(502, "/chat/completions"));
  guard.expect(refusal(503, "/chat/completions"));
  await ann.createKey("Playground key");
  await page.goto(ann.page("playground"));
  await page.getByRole("textbox", { name: "Message" }).fill("[[sandbox: status=500]]");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByText("No response").first()).toBeVisible({ timeout: 20_000 });
});

test("new requests arrive in the log by themselves, and each has a receipt", async ({ page, ann, server }) => {
  const { secret } = await ann.createKey("Live");
  await page.goto(ann.page("requests"));
  await page.locator("label", { hasText: "Live" }).click();
  await expect(page.getByText("Waiting for requests")).toBeVisible();
  await ask(server, secret, "first");
  const log = page.getByRole("table", { name: "Requests" });
  await expect(log.getByText("sandbox-small").first()).toBeVisible({ timeout: 15_000 });
  await ask(server, secret, "second");
  await expect(log.getByRole("row")).toHaveCount(3, { timeout: 15_000 });

  await log.getByRole("link").first().click();
  await page.waitForURL("**/requests/req_*");
  for (const card of ["Timing", "Route", "Tokens", "Charge"]) {
    await expect(page.getByRole("heading", { name: card, exact: true }), card).toBeVisible();
  }
  await expect(page.getByText("sandbox").first()).toBeVisible();
});

test("a refused call is in the log with its reason and what to do", async ({ page, ann, server }) => {
  const { secret } = await ann.createKey("Narrow", { restrictions: { endpoints: ["embeddings"] } });
  await refusalOf(server, secret);
  await eventually(async () => (await ann.account("GET", "/requests?status=refused")).data.length === 1, "the refusal in the log");
  await page.goto(ann.page("requests?status=refused"));
  await page.getByRole("table", { name: "Requests" }).getByRole("link").first().click();
  await expect(page.getByText("This request is outside the key's restrictions", { exact: false })).toBeVisible();
  await expect(page.getByText("Change the key's restrictions", { exact: false })).toBeVisible();
});

test("usage appears after traffic, by model and by key, and is downloaded as CSV", async ({ page, ann, server }) => {
  const { secret } = await ann.createKey("Metered");
  for (const text of ["one", "two", "three"]) await ask(server, secret, text);
  await eventually(async () => (await ann.account("GET", "/usage")).totals.requests === 3, "three requests in the usage");
  await page.goto(ann.page("usage"));
  await expect(page.getByRole("heading", { level: 1, name: "Usage" })).toBeVisible();
  await expect(page.getByText("sandbox-small").first()).toBeVisible();
  await page.goto(ann.page("usage?group=api_key"));
  await expect(page.getByText("Metered").first()).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: /CSV/ }).or(page.getByRole("button", { name: /CSV/ })).first().click();
  let text = "";
  for await (const chunk of await (await download).createReadStream()) text += chunk;
  expect(text).toContain("requests");
});

test("the overview counts the first call, and its first steps are done one by one", async ({ page, ann, server }) => {
  await page.goto(ann.page("overview"));
  await expect(page.getByText("Get started")).toBeVisible();
  const { secret } = await ann.createKey("First");
  await ask(server, secret);
  await eventually(async () => (await ann.account("GET", "/usage")).totals.requests === 1, "the call in the usage");
  await page.reload();
  await expect(page.getByText(/[23] of 3 done/)).toBeVisible({ timeout: 15_000 });
});

test("a model's page shows its price and a sample that can be copied", async ({ page, ann }) => {
  await page.goto(ann.page("models"));
  await page.getByRole("link", { name: "Sandbox Small" }).first().click();
  await page.waitForURL("**/models/sandbox-small");
  await expect(page.getByText("YUNXIN_API_KEY").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Copy code" }).first()).toBeVisible();
});

test("the account is renamed, and the audit log says who did it", async ({ page, ann }) => {
  await page.goto(ann.page("settings/account"));
  await page.getByRole("textbox", { name: "Name" }).fill("Nimbus Robotics");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect.poll(async () => (await ann.account("GET", "")).name).toBe("Nimbus Robotics");
  await page.goto(ann.page("settings/audit-log"));
  await expect(page.getByRole("table", { name: "Changes" })).toContainText("Account changed");
});

test("a row of a list takes two lines on a phone, with what matters most", async ({ page, ann, server }) => {
  const { secret } = await ann.createKey("Phone");
  await ask(server, secret);
  await page.setViewportSize({ width: 375, height: 800 });
  await page.goto(ann.page("requests"));
  const row = page.getByRole("row").filter({ hasText: "Completed" });
  await expect(row).toContainText("sandbox-small");
  const { height } = await row.boundingBox();
  expect(height).toBeLessThan(75);
});
