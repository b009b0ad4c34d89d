import { Effort } from "./support/effort.mjs";
import { signUp } from "./support/people.mjs";
import { connect } from "./support/sdk.mjs";
import { confirm, expect, test as base } from "./support/test.mjs";
import { startUpstream } from "./support/upstream.mjs";

const SECRET = "sk-of-the-provider-1234567890";

const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern
  upstream: async ({}, use) => {
    const upstream = await startUpstream({ models: ["gpt-4o", "gpt-4o-mini", "gpt-of-the-house", "text-embedding-3-small"], secret: SECRET });
    await use(upstream);
    await upstream.stop();
  },
});

/** OpenAI is not to be called by a test: what the sheet sends has its address put in on the way. */
async function insteadOfOpenAi(page, upstream) {
  const readdressed = (provider) => (provider?.kind === "openai" ? { ...provider, base_url: upstream.url } : provider);
  await page.route("**/api/v1/admin/provider-models", (route) => {
    void route.continue({ postData: JSON.stringify(readdressed(route.request().postDataJSON())) });
  });
  await page.route("**/api/v1/admin/catalog", (route) => {
    const body = route.request().postDataJSON();
    void route.continue({ postData: JSON.stringify({ ...body, providers: body.providers?.map(readdressed) }) });
  });
}

test("OpenAI is connected with two priced models in 5 clicks and 1 field, and customers call them", async ({ page, server, operator, upstream }) => {
  await insteadOfOpenAi(page, upstream);
  await page.goto("/operator/providers");
  const effort = new Effort();
  await effort.click(page.getByRole("button", { name: "Connect provider" }).first());
  const sheet = page.getByRole("dialog", { name: "Connect provider" });
  await expect(sheet.getByRole("radio", { name: /^OpenAI / })).toBeChecked();
  await expect(sheet.getByLabel("Provider's API key")).toBeFocused();
  await effort.fill(sheet.getByLabel("Provider's API key"), SECRET);
  await effort.click(sheet.getByRole("button", { name: "List models" }));
  await effort.click(sheet.getByRole("checkbox", { name: "gpt-4o", exact: true }));
  await effort.click(sheet.getByRole("checkbox", { name: "gpt-4o-mini" }));
  await expect(sheet.getByLabel("Input price of gpt-4o", { exact: true })).toHaveValue("2.50");
  await expect(sheet.getByLabel("Cached input price of gpt-4o-mini")).toHaveValue("0.075");
  await effort.click(sheet.getByRole("button", { name: "Connect 2 models" }));
  await expect(sheet.getByText("2 models are now available.", { exact: false })).toBeVisible();
  effort.atMost("connect OpenAI with two priced models", { clicks: 5, fields: 1 });

  await sheet.getByRole("button", { name: "Send a test request to gpt-4o at openai" }).click();
  await expect(sheet.getByText(/The model responded in/)).toBeVisible();
  expect(upstream.asked.at(-1)).toMatchObject({ path: "/v1/chat/completions", body: { model: "gpt-4o" } });
  await sheet.getByRole("button", { name: "Done" }).click();

  const models = (await operator.call("GET", "/admin/models?limit=200")).data;
  const mini = models.find((one) => one.id === "gpt-4o-mini");
  expect(mini).toMatchObject({ context_length: 128000, model_type: "chat", owned_by: "openai", min_tier: "basic" });
  expect(mini.prices).toEqual({ input: "0.15", cache_read: "0.075", output: "0.6" });
  expect(mini.capabilities).toContain("vision");
  expect(JSON.stringify(await operator.call("GET", "/admin/audit-log"))).not.toContain(SECRET);

  const ann = await signUp(server.url, { name: "Ann of the connected" });
  await operator.call("PATCH", `/admin/accounts/${ann.accountId}`, { tier: "pro" });
  const { secret } = await ann.createKey();
  const response = await connect(server, secret).chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content: "hi" }] });
  expect(response.choices[0].message.content).toBe("OK");

  // The mark-up is the operator's, and so is what nobody knows.
  await page.getByRole("button", { name: "Actions for openai" }).click();
  await page.getByRole("menuitem", { name: "Add models" }).click();
  const more = page.getByRole("dialog", { name: "Add models from openai" });
  await expect(more.getByRole("checkbox", { name: "gpt-4o", exact: true })).toBeDisabled();
  await more.getByRole("checkbox", { name: "text-embedding-3-small" }).click();
  await more.getByRole("checkbox", { name: "gpt-of-the-house" }).click();
  await more.getByRole("textbox", { name: "Mark-up" }).fill("50");
  await expect(more.getByLabel("Input price of text-embedding-3-small", { exact: true })).toHaveValue("0.03");
  await expect(more.getByLabel("Input price of gpt-of-the-house", { exact: true })).toHaveValue("");
  await expect(more.getByText("The price of gpt-of-the-house is unknown", { exact: false })).toBeVisible();
  await more.getByLabel("Input price of gpt-of-the-house", { exact: true }).fill("1");
  await more.getByLabel("Output price of gpt-of-the-house").fill("2");
  await expect(more.getByText("No price is known", { exact: false })).toHaveCount(0);
  await more.getByRole("button", { name: "Connect 2 models" }).click();
  await more.getByRole("button", { name: "Done" }).click();
  const house = (await operator.call("GET", "/admin/models?limit=200")).data.find((one) => one.id === "gpt-of-the-house");
  expect(house.prices).toEqual({ input: "1", output: "2" });
});

test("a key that the provider refuses is said so, and nothing is saved", async ({ page, operator, upstream }) => {
  await insteadOfOpenAi(page, upstream);
  const before = (await operator.call("GET", "/admin/providers")).data.length;
  await page.goto("/operator/providers");
  await page.getByRole("button", { name: "Connect provider" }).first().click();
  const sheet = page.getByRole("dialog", { name: "Connect provider" });
  await sheet.getByRole("button", { name: "List models" }).click();
  await expect(sheet.getByLabel("Provider's API key")).toBeFocused();
  await sheet.getByLabel("Provider's API key").fill("sk-wrong");
  await sheet.getByRole("button", { name: "List models" }).click();
  await expect(sheet.getByText(/refused the credential with 401/)).toBeVisible();
  await sheet.getByRole("button", { name: "Change the key or the provider" }).click();
  await expect(sheet.getByLabel("Provider's API key")).toBeVisible();
  await sheet.getByRole("button", { name: "Cancel" }).click();
  expect((await operator.call("GET", "/admin/providers")).data).toHaveLength(before);
});

test("a deployment is tested, renamed, paused and resumed", async ({ page, operator, upstream }) => {
  const name = `pausable-${process.pid}`;
  await operator.call("POST", "/admin/catalog", {
    providers: [{ name, kind: "openai", base_url: upstream.url, credential: { secret: SECRET } }],
    models: [{ id: name, min_tier: "free" }],
    deployments: [{ model: name, provider: name }],
  });
  await page.goto(`/operator/deployments?query=${name}`);
  const table = page.getByRole("table", { name: `Deployments of ${name}` });
  const act = async (item) => {
    await page.getByRole("button", { name: `Actions for ${name} at ${name}` }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  await act("Send a test request");
  const dialog = page.getByRole("dialog", { name: `${name} at ${name}` });
  await dialog.getByRole("button", { name: /^Send a test request/ }).click();
  await expect(dialog.getByText("9 tokens in, 1 out")).toBeVisible();
  await page.keyboard.press("Escape");

  await act("Edit");
  const edit = page.getByRole("dialog", { name: `${name} at ${name}` });
  await edit.getByLabel("Deployment name").fill("eu");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(edit).toHaveCount(0);
  await expect(table).toContainText("eu");

  await act("Pause");
  await expect(table).toContainText("Paused");
  await expect(table).toContainText("No requests");
  await expect(page.getByText("1 paused")).toBeVisible();
  await page.goto(`/operator/models?query=${name}`);
  await expect(page.getByText("All deployments are paused")).toBeVisible();
  await page.goto(`/operator/deployments?query=${name}`);
  await act("Resume");
  await expect(table).not.toContainText("Paused");
  await act("Remove deployment");
  await confirm(page.getByRole("dialog"), "Remove deployment");
  await expect(table).toHaveCount(0);
});
