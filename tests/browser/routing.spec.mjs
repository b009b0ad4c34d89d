// Deployments in sight: what an operator sees of the router, and does with it; what a customer sees of a model's health.
import { settled } from "./support/pages.mjs";
import { connect } from "./support/sdk.mjs";
import { signUp } from "./support/people.mjs";
import { expect, test as base } from "./support/test.mjs";
import { startUpstream } from "./support/upstream.mjs";

const SECRET = "sk-of-the-upstream";
let count = 0;

const test = base.extend({
  /** A provider on loopback with a model of its own, which two deployments serve. */
  served: async ({ server, operator }, use) => {
    const upstream = await startUpstream({ models: ["tides"], secret: SECRET });
    count += 1;
    const model = `tides-${process.pid}-${count}`;
    const providers = ["east", "west"].map((name) => `${name}-${process.pid}-${count}`);
    for (const name of providers) {
      const provider = { name, kind: "openai_compatible", base_url: upstream.url, credential: { secret: SECRET }, serves_test_keys: true };
      await operator.call("POST", "/admin/providers", provider);
    }
    await operator.call("POST", "/admin/models", { id: model, owned_by: "loopback", model_type: "chat", prices: { input: "1", output: "2" }, min_tier: "free" });
    for (const provider of providers) {
      await operator.call("POST", "/admin/deployments", { model, provider, upstream_model: "tides", weight: 1 });
    }
    const ann = await signUp(server.url);
    const { secret, api_key: key } = await ann.createKey("Tide table");
    const ask = () =>
      connect(server, secret)
        .chat.completions.create({ model, messages: [{ role: "user", content: "When is high water?" }] })
        .then(() => 200, (error) => error.status);
    await use({ upstream, model, providers, ann, key, ask });
    await upstream.stop();
  },
});

async function providerOf(operator, name) {
  const { data } = await operator.call("GET", "/admin/providers?limit=200");
  return data.find((one) => one.name === name);
}

const card = (page, model, provider) => page.getByRole("region", { name: `${model} at ${provider}` });

test("an operator pauses a deployment, which gets no request until it is resumed", async ({ page, served }) => {
  const { model, ask, providers, upstream } = served;
  const [east, west] = providers;
  await page.goto(`/operator/models/${model}`);
  await card(page, model, east).getByRole("button", { name: "Pause" }).click();
  await expect(card(page, model, east)).toContainText("Paused");
  await card(page, model, west).getByRole("button", { name: "Pause" }).click();
  await expect(card(page, model, west)).toContainText("Paused");
  expect(await ask()).toBe(503);
  expect(upstream.asked).toEqual([]);
  await card(page, model, east).getByRole("button", { name: "Resume" }).click();
  await expect(card(page, model, east).getByRole("button", { name: "Pause" })).toBeVisible();
  expect(await ask()).toBe(200);
  await expect(card(page, model, east)).toContainText("Healthy");
});

test("an operator sends a test request from the page of a model", async ({ page, served }) => {
  const { model, providers } = served;
  await page.goto("/operator/models");
  await page.getByRole("link", { name: model, exact: true }).click();
  await page.waitForURL(`**/operator/models/${model}`);
  const east = card(page, model, providers[0]);
  await east.getByRole("button", { name: /Send a test request/ }).click();
  await expect(east.getByRole("status")).toContainText("The model responded in");
});

test("a breaker is seen to open when a provider refuses the credential, and to close when a probe succeeds", async ({ page, served, operator }) => {
  test.setTimeout(90_000);
  const { model, providers, ann, ask } = served;
  const [east] = providers;
  // A free account runs into its own limit before a breaker has opened and closed again.
  await operator.call("PATCH", `/admin/accounts/${ann.accountId}`, { tier: "enterprise" });
  await operator.call("PATCH", `/admin/providers/${east}`, { credential: { secret: "sk-wrong" } });
  await page.goto(`/operator/models/${model}`);
  await expect(card(page, model, east)).toContainText("Closed");
  await expect
    .poll(async () => {
      await ask();
      return card(page, model, east).innerText();
    }, { timeout: 30_000 })
    .toMatch(/Open\b.*probe in/s);
  await expect(card(page, model, east)).toContainText("Incorrect API key provided");
  await operator.call("PATCH", `/admin/providers/${east}`, { credential: { secret: SECRET } });
  // A new credential is tried at once; an old one is probed when the time of the breaker is over.
  await expect
    .poll(async () => {
      await ask();
      return card(page, model, east).innerText();
    }, { timeout: 50_000 })
    .toContain("Closed");
});

test("an operator asks where a request would go, for a model, a key and a session", async ({ page, served }) => {
  const { model, providers, key } = served;
  await page.goto(`/operator/models/${model}`);
  await page.getByRole("link", { name: "Explain a route" }).click();
  await page.waitForURL(/\/operator\/routing\?model=/);
  const order = page.getByRole("list", { name: "Deployments in order" });
  await expect(order.getByRole("listitem")).toHaveCount(2);
  await expect(order).toContainText("Picked by weight");
  await page.getByRole("combobox", { name: "API key" }).fill(key.id);
  // Keys of other tests have the same name.
  await page.locator(`[role=option][value="${key.id}"]`).click();
  await expect(page.getByText(/Priority of the key: (Low|Normal)/)).toBeVisible();
  await page.getByRole("textbox", { name: "Session" }).fill("harbour");
  await expect(page).toHaveURL(/session=harbour/);
  await expect(page.getByRole("heading", { name: /The next request goes to/ })).toContainText(/east|west/);
  await expect(order.getByRole("listitem").first()).toContainText(new RegExp(providers.join("|")));
  await expect(page.getByRole("table", { name: "Queue by priority" })).toContainText("Critical");
});

test("a customer sees that a model is disrupted, and that it works again", async ({ page, context, served }) => {
  const { model, ann, ask, upstream } = served;
  await ann.enter(context);
  upstream.fail(500);
  for (let asked = 0; asked < 4; asked += 1) await ask();
  await page.goto(ann.page(`models/${model}`));
  await settled(page);
  await expect(page.getByText("Disrupted").first()).toBeVisible();
  upstream.fail(null);
  await expect.poll(ask).toBe(200);
  await page.reload();
  await expect(page.getByText("Operational")).toBeVisible();
});

test("an operator makes a virtual model, whose page shows its rules, and customers are served by what they lead to", async ({ page, served, server, operator }) => {
  void operator;
  const { model, ann } = served;
  const name = `auto-${process.pid}-${count}`;
  await page.goto("/operator/models");
  await page.getByRole("button", { name: "Add model" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Model ID").fill(name);
  await dialog.getByLabel("Owned by").fill("us");
  await dialog.getByRole("switch", { name: /^Virtual model/ }).check();
  await dialog.getByRole("button", { name: "Add rule" }).click();
  for (const [place, target] of [[1, "sandbox-small"], [2, model]]) {
    const rule = dialog.getByRole("group", { name: `Rule ${place}` });
    await rule.getByRole("combobox", { name: /^Model/ }).click();
    await rule.getByRole("combobox", { name: /^Model/ }).fill(target);
    await page.getByRole("option", { name: target, exact: true }).click();
  }
  const first = dialog.getByRole("group", { name: "Rule 1" });
  await first.getByLabel(/^Prompt tokens, from/).fill("100000");
  await dialog.getByRole("button", { name: "Add model" }).click();
  await expect(dialog).toBeHidden();

  const row = page.getByRole("row", { name: new RegExp(name) });
  await expect(row).toContainText("2 rules");
  await row.getByRole("link", { name, exact: true }).click();
  const rules = page.getByRole("region", { name: "Rules" });
  await expect(rules.getByRole("listitem")).toHaveCount(2);
  await expect(rules.getByRole("listitem").first()).toContainText("From 100,000 prompt tokens");
  await expect(page.getByText("Not served")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Add deployment" })).toHaveCount(0);

  const { secret } = await ann.createKey("Auto");
  const response = await connect(server, secret)
    .chat.completions.create({ model: name, messages: [{ role: "user", content: "When is high water?" }] })
    .withResponse();
  expect(response.response.headers.get("x-yunxin-route-reason")).toBe("rule_default");

  await page.getByRole("button", { name: "Edit" }).click();
  await dialog.getByRole("button", { name: "Remove rule 1" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(rules.getByRole("listitem")).toHaveCount(1);
});

test("prompts that begin alike are kept together where an operator says so", async ({ page, served, operator }) => {
  const { model } = served;
  await page.goto(`/operator/models/${model}`);
  await page.getByRole("button", { name: "Edit", exact: true }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("switch", { name: /^Keep similar prompts together/ }).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  const { data } = await operator.call("GET", "/admin/models?limit=200");
  expect(data.find(({ id }) => id === model)).toMatchObject({ sticky_prompts: true, routes: [] });
});

test("an operator gives a provider a second credential, sees how each does, replaces and removes it", async ({ page, served, operator }) => {
  const { model, providers, ann, ask } = served;
  const [east, west] = providers;
  await operator.call("PATCH", `/admin/accounts/${ann.accountId}`, { tier: "enterprise" });
  const { data } = await operator.call("GET", "/admin/deployments?limit=200");
  const other = data.find((one) => one.model === model && one.provider === west);
  await operator.call("PATCH", `/admin/deployments/${other.id}`, { paused: true });
  await page.goto("/operator/providers");
  const item = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: east, exact: true }) });
  await item.getByRole("button", { name: new RegExp(`${east}$`) }).last().click();
  await page.getByRole("menuitem", { name: "Credentials" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Add credential" }).click();
  await dialog.getByLabel(/^Label/).fill("spare");
  await dialog.getByLabel(/^Secret/, { exact: false }).last().fill("sk-wrong");
  // The dialog behind may still be fading.
  await dialog.getByRole("button", { name: "Add credential" }).last().click();

  // Both are used in turn, and the wrong one is refused.
  const spare = page.getByRole("list", { name: "State of spare" });
  await expect
    .poll(async () => {
      await ask();
      return (await spare.isVisible()) ? spare.innerText() : "";
    }, { timeout: 30_000 })
    .toMatch(/Open\b.*The provider refuses the credential/s);
  await expect(page.getByRole("list", { name: "State of default" })).toContainText("Closed");

  await dialog.getByRole("button", { name: "Replace spare" }).click();
  await dialog.getByLabel(/^Secret/, { exact: false }).last().fill(SECRET);
  await dialog.getByRole("button", { name: "Replace", exact: true }).click();
  await expect
    .poll(async () => {
      await ask();
      return (await spare.isVisible()) ? spare.innerText() : "";
    }, { timeout: 30_000 })
    .toMatch(/Closed/);

  await dialog.getByRole("button", { name: "Remove spare" }).click();
  await dialog.getByRole("button", { name: "Remove", exact: true }).click();
  // The button is hidden behind the question too: what was removed is asked of the server.
  await expect.poll(() => providerOf(operator, east)).toMatchObject({ credentials: [] });
  await expect(dialog.getByRole("button", { name: "Remove spare" })).toBeHidden();
});

test("a provider is looked at by requests of ours where an operator says so", async ({ page, served, operator }) => {
  const [east] = served.providers;
  await page.goto("/operator/providers");
  const item = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: east, exact: true }) });
  await item.getByRole("button", { name: new RegExp(`${east}$`) }).last().click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("switch", { name: /^Active probes/ }).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  expect(await providerOf(operator, east)).toMatchObject({ active_probes: true });
});
