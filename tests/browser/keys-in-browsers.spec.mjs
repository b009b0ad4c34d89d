import { once } from "node:events";
import { createServer } from "node:http";
import { refusal } from "./support/guard.mjs";
import { signUp } from "./support/people.mjs";
import { eventually, expect, test as base } from "./support/test.mjs";

/** A site of somebody else's: an empty page on an origin of its own. */
async function startSite() {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end('<!doctype html><html lang="en"><title>A shop</title><link rel="icon" href="data:,"><h1>A shop</h1></html>');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { origin: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise((done) => server.close(done)) };
}

const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern
  shop: async ({}, use) => {
    const site = await startSite();
    await use(site);
    await site.stop();
  },
  guard: async ({ guard, shop }, use) => {
    guard.allow(shop.origin);
    await use(guard);
  },
});

/** What a page sees of a response to its question; `blocked` when the browser hides it. */
const askFrom = (page, url, secret, model = "sandbox-small") =>
  page.evaluate(
    async ([address, bearer, name]) => {
      try {
        const response = await fetch(`${address}/v1/chat/completions`, {
          method: "POST",
          headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json", "x-stainless-lang": "js" },
          body: JSON.stringify({ model: name, messages: [{ role: "user", content: "Hello" }] }),
        });
        const body = await response.json();
        return { status: response.status, code: body.error?.code, message: body.error?.message, id: response.headers.get("x-request-id"), used: response.headers.get("x-ratelimit-used") };
      } catch (error) {
        return { blocked: String(error) };
      }
    },
    [url, secret, model],
  );

async function mint(server, secret, body) {
  const response = await fetch(`${server.url}/v1/client_tokens`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
  return response.json();
}

test("a page on another origin that tries a secret key is refused in words that it can read, and the key is flagged", async ({ page, server, shop, guard }) => {
  guard.expect(refusal(403, "/v1/chat/completions"));
  const ann = await signUp(server.url);
  const { secret, api_key: key } = await ann.createKey("Production Server");
  await page.goto(shop.origin);
  const seen = await askFrom(page, server.url, secret);
  expect(seen).toMatchObject({ status: 403, code: "browser_not_allowed" });
  expect(seen.message).toContain("/docs/keys-in-browsers");
  expect(seen.id).toMatch(/^req_/);
  // Where the events of keys can be listed, this one is there.
  const path = `/accounts/${ann.accountId}/key-events?api_key_id=${key.id}`;
  if ((await ann.send("GET", path)).status !== 404) {
    const events = await eventually(async () => {
      const { data } = await ann.call("GET", path);
      return data.length ? data : null;
    }, "an event of the key");
    expect(events[0]).toMatchObject({ kind: "browser_use" });
  }
  // The key itself goes on, from a server.
  const fromServer = await fetch(`${server.url}/v1/models`, { headers: { authorization: `Bearer ${secret}` } });
  expect(fromServer.status).toBe(200);
});

test("a client token works for its model, its minutes and its origin, and for nothing else", async ({ page, server, shop, guard }) => {
  guard.expect(refusal(403, "/v1/"));
  guard.expect(refusal(401, "/v1/chat/completions"));
  // A token lives for a minute at least.
  test.setTimeout(150_000);
  const ann = await signUp(server.url);
  await server.operator.call("PATCH", `/admin/accounts/${ann.accountId}`, { tier: "enterprise" });
  const { secret, api_key: key } = await ann.createKey("Shop");
  const body = { models: ["sandbox-small"], allowed_origins: [shop.origin] };
  const { token } = await mint(server, secret, { ...body, minutes: 5 });
  const short = await mint(server, secret, { ...body, minutes: 1 });
  await page.goto(shop.origin);
  const response = await askFrom(page, server.url, token);
  expect(response).toMatchObject({ status: 200, used: "1" });
  expect(response.id).toMatch(/^req_/);
  expect(await askFrom(page, server.url, token, "sandbox-standard")).toMatchObject({ status: 403, code: "insufficient_permissions" });
  const models = await page.evaluate(
    ([address, bearer]) => fetch(`${address}/v1/models`, { headers: { authorization: `Bearer ${bearer}` } }).then((one) => one.status),
    [server.url, token],
  );
  expect(models).toBe(403);

  const elsewhere = await startSite();
  guard.allow(elsewhere.origin);
  await page.goto(elsewhere.origin);
  expect(await askFrom(page, server.url, token)).toMatchObject({ status: 403, code: "insufficient_permissions" });
  await elsewhere.stop();

  await page.goto(shop.origin);
  expect(await askFrom(page, server.url, short.token)).toMatchObject({ status: 200 });
  await page.waitForFunction((end) => Date.now() >= end * 1000, short.expires_at, { timeout: 75_000, polling: 250 });
  const late = await askFrom(page, server.url, short.token);
  expect(late).toMatchObject({ status: 401, code: "invalid_api_key" });
  expect(late.message).toContain("expired");
  expect(await askFrom(page, server.url, token)).toMatchObject({ status: 200 });

  await ann.account("POST", `/api-keys/${key.id}/revoke`);
  expect(await askFrom(page, server.url, token)).toMatchObject({ status: 403, code: "key_revoked" });
});

test("whoever found a key revokes it without signing in", async ({ page, server, guard }) => {
  const ann = await signUp(server.url);
  const { secret } = await ann.createKey("Forgotten in a repository");
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Found a leaked key?" }).click();
  await expect(page.getByRole("heading", { name: "Revoke a leaked key" })).toBeVisible();
  const field = page.getByLabel("Key", { exact: true });
  await field.fill(secret.slice(0, -1));
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("This key is incomplete or mistyped")).toBeVisible();
  await field.fill(secret);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("heading", { name: "Revoke this API key?" })).toBeVisible();
  await expect(page.getByText(secret)).toHaveCount(0);
  await page.getByRole("button", { name: "Revoke permanently" }).click();
  await expect(page.getByRole("heading", { name: "The key is revoked" })).toBeVisible();
  const refused = await fetch(`${server.url}/v1/models`, { headers: { authorization: `Bearer ${secret}` } });
  expect((await refused.json()).error.code).toBe("key_revoked");
  expect(server.log()).not.toContain(secret);
  void guard;
});
