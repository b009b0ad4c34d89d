import { execFileSync } from "node:child_process";
import { settled } from "./support/pages.mjs";
import { expect, test } from "./support/test.mjs";

/** The 500 strings of tests/walks, so that both suites send the same. */
const STRINGS = JSON.parse(
  execFileSync("python3", [new URL("../walks/hostile.py", import.meta.url).pathname], { encoding: "utf8", maxBuffer: 1 << 26 }),
);
const PER_PAGE = 50;

/** Without limits, which 500 strings would meet. */
const withoutLimits = (server, person) => server.operator.call("PATCH", `/admin/accounts/${person.accountId}`, { tier: "enterprise" });

async function layout(page) {
  return page.evaluate(() => ({ width: document.documentElement.scrollWidth, client: document.documentElement.clientWidth }));
}

async function holdsStill(page, where) {
  const { width, client } = await layout(page);
  expect(width, `${where} is wider than the window`).toBe(client);
  const ran = await page.evaluate(() => ({ ran: window.__ran, title: document.title, path: location.origin }));
  expect(ran.ran, `${where}: a script of a name ran`).toBeUndefined();
  // A page may be titled by a name; a script would have put its own title in place of that.
  expect(ran.title, where).toMatch(/ · Yunxin$/);
  // No element that only a name could have brought.
  expect(await page.locator("main :is(script, iframe, marquee, plaintext, object, form[action], base, video)").count(), where).toBe(0);
}

test("names of every hostile kind are shown as text, whatever they hold", async ({ page, ann, server }) => {
  test.setTimeout(300_000);
  await withoutLimits(server, ann);
  const stored = [];
  for (const name of STRINGS) {
    const response = await ann.send("POST", `/accounts/${ann.accountId}/api-keys`, { name, environment: "live" });
    expect([201, 422, 400], JSON.stringify(name).slice(0, 80)).toContain(response.status);
    if (response.status === 201) stored.push((await response.json()).api_key);
  }
  expect(stored.length, "most of them fit a name").toBeGreaterThan(STRINGS.length / 3);

  for (const width of [1280, 375]) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(ann.page("api-keys"));
    await settled(page);
    const rows = page.getByRole("table", { name: "API keys" }).getByRole("row");
    // Each page is awaited by its rows: the button of the last one goes while it loads.
    for (let shown = PER_PAGE; shown < stored.length; shown += PER_PAGE) {
      await expect(rows).toHaveCount(shown + 1);
      await page.getByRole("button", { name: "Load more" }).click();
    }
    await expect(rows).toHaveCount(stored.length + 1);
    await holdsStill(page, `the list at ${width} px`);
  }

  const sample = stored.filter((_, index) => index % 17 === 0);
  for (const key of sample) {
    await page.goto(ann.page(`api-keys/${key.id}`));
    await settled(page);
    await holdsStill(page, `the page of ${JSON.stringify(key.name)}`);
  }
  await page.goto(ann.page("settings/audit-log"));
  await settled(page);
  await holdsStill(page, "the audit log");
  await page.goto(ann.page("playground"));
  await settled(page);
  await holdsStill(page, "the playground");
});

test("a hostile name of an account and of a user is text everywhere around the pages", async ({ page, ann }) => {
  test.setTimeout(180_000);
  const chosen = STRINGS.filter((text, index) => index % 11 === 0 && text.length <= 100 && !/[\ud800-\udfff]/.test(text));
  for (const name of chosen) {
    const account = await ann.send("PATCH", `/accounts/${ann.accountId}/account`, { name });
    const user = await ann.send("PATCH", "/me", { name });
    if (account.status !== 200 && user.status !== 200) continue;
    await page.goto(ann.page("settings/members"));
    await settled(page);
    await holdsStill(page, `members with ${JSON.stringify(name)}`);
  }
});

test("what a model says is shown as text and marks only", async ({ page, ann, server }) => {
  test.setTimeout(240_000);
  await withoutLimits(server, ann);
  await ann.createKey("Playground key");
  await page.goto(ann.page("playground?model=sandbox-small"));
  const message = page.getByRole("textbox", { name: "Message" });
  const chosen = STRINGS.filter((text, index) => index % 20 === 3 && text.trim() !== "" && text.length <= 2000);
  for (const text of chosen) {
    await message.fill(text);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(page.getByRole("button", { name: "Send", exact: true })).toBeVisible({ timeout: 20_000 });
    await holdsStill(page, `the response to ${JSON.stringify(text).slice(0, 80)}`);
  }
  const links = await page.getByRole("region", { name: "Conversation" }).getByRole("link").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  expect(links.filter((href) => /^\s*(javascript|data|vbscript):/i.test(href ?? ""))).toEqual([]);
});

test("the log of requests and its receipts show hostile programs as text", async ({ page, ann, server }) => {
  test.setTimeout(120_000);
  await withoutLimits(server, ann);
  const { secret } = await ann.createKey("=HYPERLINK(\"//evil.example\")");
  const agents = STRINGS.filter((text, index) => index % 9 === 0 && /^[\x21-\x7e][\x20-\x7e]{0,300}$/.test(text) && text === text.trim());
  for (const agent of agents) {
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json", "user-agent": agent },
      body: JSON.stringify({ model: "sandbox-small", messages: [{ role: "user", content: agent }] }),
    });
    expect(response.status).toBe(200);
  }
  await expect.poll(async () => (await ann.account("GET", "/requests?limit=200")).data.length).toBe(agents.length);
  await page.goto(ann.page("requests"));
  await settled(page);
  await holdsStill(page, "the log");
  for (const request of (await ann.account("GET", "/requests?limit=200")).data.slice(0, 12)) {
    await page.goto(ann.page(`requests/${request.id}`));
    await settled(page);
    await holdsStill(page, "a receipt");
  }
});
