// The documentation as people read it: every page, search, samples, feedback, on a phone, in the dark, and without scripts.
import { readFileSync } from "node:fs";
import { inspector } from "./support/axe.mjs";
import { docsPages } from "./support/docs.mjs";
import { expect, test } from "./support/test.mjs";

const SEARCHES = JSON.parse(readFileSync(new URL("../../dashboard/docs/client/search-cases.json", import.meta.url), "utf8"));
const NARROW = { width: 375, height: 800 };
const TITLES = { en: "On this page", "zh-CN": "本页内容", "zh-TW": "本頁內容" };

/** Of what people type, the last for each page that must be found. */
function oneForEachPage() {
  return Object.fromEntries(new Map(Object.entries(SEARCHES).map(([typed, pages]) => [pages, [typed, pages]])).values());
}

/** Whatever was refused, though nothing that a page shows needs it to be. */
function refusals(page) {
  const seen = [];
  page.on("response", (response) => {
    if (response.status() >= 400) seen.push(`${response.status()} ${response.url()}`);
  });
  return seen;
}

/** Opens every page for whoever reads a language, and has a look at it; what it found, by page. */
async function readAll({ page, server }, language, look = async () => []) {
  const found = {};
  const refused = refusals(page);
  await page.goto(`/docs?lang=${language}`);
  const pages = await docsPages(server.url);
  expect(pages.length).toBeGreaterThan(3);
  for (const slug of pages) {
    await page.goto(`/docs/${slug}`);
    await expect(page.locator("html")).toHaveAttribute("lang", language);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.locator("#navigation a[aria-current=page]")).not.toHaveText("");
    expect(await page.title()).toMatch(/Yunxin$/);
    expect(await page.locator("body").innerText(), slug).not.toMatch(/\{\{(t\.|base_url|tiers|lang|config)/);
    const what = await look();
    if (what.length > 0) found[slug] = what;
  }
  await page.goto("/docs/api-reference");
  await expect(page.getByText(TITLES[language], { exact: true })).toBeVisible();
  expect(refused).toEqual([]);
  return found;
}

for (const language of ["zh-CN", "zh-TW"]) {
  test(`every page opens for whoever reads ${language}, and asks for nothing that is refused`, async ({ page, server }) => {
    test.setTimeout(240_000);
    await readAll({ page, server }, language);
  });
}

// The pages of the other languages are made of the same templates.
test("every page opens for whoever reads en, and shuts nobody out by how it is built, in either theme", async ({ page, server }) => {
  test.setTimeout(480_000);
  const violations = inspector();
  expect(await readAll({ page, server }, "en", () => violations(page))).toEqual({});
});

test("the language is chosen on the page and is the Dashboard's too", async ({ page }) => {
  await page.goto("/docs/api-reference");
  await page.getByLabel("Language").selectOption("zh-TW");
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-TW");
  await expect(page.getByText("本頁內文目前只有英文。")).toBeVisible();
  await page.goto("/sign-in");
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-TW");
});

test("a page is found by a word in it, with the keyboard alone", async ({ page }) => {
  await page.goto("/docs/quickstart");
  await page.keyboard.press("/");
  const box = page.getByRole("combobox", { name: "Search the documentation" });
  await expect(box).toBeFocused();
  await box.fill("create chat completion");
  await expect(page.getByRole("dialog").getByRole("option").first()).toContainText("Create chat completion");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/docs/api-reference#create_chat_completion");
  await page.keyboard.press("Control+k");
  await expect(box).toBeFocused();
  await box.fill("xyzzyplugh");
  await expect(page.getByText("Nothing found.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

// The index and what searches it are tested with every case in dashboard/docs/client; here, that the dialog shows what they find.
test("what people type finds the page that they mean among the first three", async ({ page }) => {
  test.setTimeout(120_000);
  const cases = oneForEachPage();
  expect(Object.keys(cases).length).toBeGreaterThan(30);
  await page.goto("/docs/quickstart");
  await page.keyboard.press("/");
  const box = page.getByRole("combobox", { name: "Search the documentation" });
  const found = page.getByRole("dialog").getByRole("option");
  const missed = {};
  for (const [typed, pages] of Object.entries(cases)) {
    await box.fill(typed);
    const hrefs = () => found.evaluateAll((options) => options.slice(0, 3).map((option) => option.getAttribute("href")));
    const isFound = async () => (await hrefs()).some((href) => pages.split(" ").includes(/^\/docs\/([a-z0-9-]+)/.exec(href)?.[1]));
    await expect.poll(isFound, { timeout: 2_000 }).toBe(true).catch(async () => Object.assign(missed, { [typed]: await hrefs() }));
  }
  expect(missed).toEqual({});
});

test("customers and operators each have their own part of the navigation", async ({ page }) => {
  await page.goto("/docs/quickstart");
  const nav = page.getByRole("navigation", { name: "Documentation" });
  await expect(nav.getByRole("link", { name: "Rate limits" })).toBeVisible();
  await expect(nav.getByRole("link", { name: "Backups" })).toBeHidden();
  await expect(page.locator("article")).not.toContainText("make run");
  await nav.getByText("For operators").click();
  await nav.getByRole("link", { name: "Backups" }).click();
  await page.waitForURL("**/docs/backups");
  await expect(nav.getByRole("link", { name: "Backups" })).toBeVisible();
  await expect(nav.getByRole("link", { name: "Rate limits" })).toBeHidden();
});

test("an article is read in Chinese, its links lead to the same headings, and English is one click away", async ({ page }) => {
  await page.goto("/docs/quickstart?lang=zh-CN#keep-the-key-in-a-env-file");
  await expect(page.getByRole("heading", { level: 1, name: "快速入门" })).toBeVisible();
  await expect(page.locator("#keep-the-key-in-a-env-file")).toBeInViewport();
  await expect(page.locator("link[hreflang=en]")).toHaveAttribute("href", "/docs/quickstart?lang=en");
  await page.locator(".article-languages").getByRole("link", { name: "English" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Quickstart" })).toBeVisible();
  await page.goto("/docs/chat?lang=zh-CN");
  await expect(page.getByText("本页正文目前只有英文。")).toBeVisible();
});

test("the language of the samples is chosen once for all pages", async ({ page }) => {
  await page.goto("/docs/streaming");
  const tab = (name) => page.getByRole("tab", { name }).first();
  await expect(tab("curl")).toHaveAttribute("aria-selected", "true");
  await tab("Python").click();
  await expect(tab("Python")).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("tabpanel").first()).toContainText("import");
  await page.goto("/docs/chat");
  await expect(tab("Python")).toHaveAttribute("aria-selected", "true");
  await tab("Python").press("ArrowRight");
  await expect(tab("JavaScript")).toBeFocused();
  await page.reload();
  await expect(tab("JavaScript")).toHaveAttribute("aria-selected", "true");
});

test("a sample and a page are copied", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/docs/quickstart");
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  const sample = page.locator(".code:visible").filter({ has: page.locator(".copy") }).first();
  await sample.getByRole("button", { name: "Copy" }).click();
  await expect(sample.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await copied()).toBe(await sample.locator("code").textContent());
  await page.getByRole("button", { name: "Copy page as Markdown" }).click();
  await expect(page.getByRole("button", { name: "Copied" }).first()).toBeVisible();
  await expect.poll(copied).toMatch(/^# /);
});

test("a reader says what could be better, and the operator reads it", async ({ page, server, operator }) => {
  await page.goto("/docs/quickstart");
  const form = page.getByRole("region", { name: "How is this guide?" });
  await form.getByRole("button", { name: "Not helpful" }).click();
  await form.getByLabel("What could be better?").fill("Say which Node it needs.");
  await form.getByRole("button", { name: "Send" }).click();
  await expect(form.getByRole("status")).toContainText("Thank you");
  await page.goto("/docs/api-reference");
  await page.getByRole("button", { name: "Helpful", exact: true }).click();
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Thank you" })).toBeVisible();
  void operator;
  await page.goto("/operator/docs-feedback");
  await expect(page.getByText("Say which Node it needs.")).toBeVisible();
  await expect(page.getByRole("table", { name: "Pages" })).toContainText("quickstart");
  await page.goto("/operator/docs-feedback?page=api-reference");
  await expect(page.getByText("Say which Node it needs.")).toHaveCount(0);
  expect(server.log()).not.toContain("Say which Node it needs.");
});

test("whoever is signed in gets samples with their own models", async ({ page, server, ann }) => {
  await server.operator.call("PATCH", `/admin/accounts/${ann.accountId}`, { tier: "enterprise" });
  const models = await ann.account("GET", "/models?limit=200");
  const chat = models.data.filter((model) => model.model_type === "chat" && model.is_available).map(({ id }) => id);
  await page.goto("/docs/chat");
  const picker = page.getByLabel("Model in the samples");
  await expect(picker).toBeVisible();
  const printed = await page.locator("[data-model=chat]").first().textContent();
  const other = chat.find((id) => id !== printed);
  await picker.selectOption(other);
  await expect(page.locator("[data-model=chat]").first()).toHaveText(other);
  await page.reload();
  await expect(page.locator("[data-model=chat]").first()).toHaveText(other);
});

test("a phone shows every page without scrolling sideways, and the navigation as a drawer", async ({ page, server }) => {
  test.setTimeout(180_000);
  await page.setViewportSize(NARROW);
  const wide = {};
  for (const slug of await docsPages(server.url)) {
    await page.goto(`/docs/${slug}`);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > NARROW.width) wide[slug] = width;
  }
  expect(wide).toEqual({});
  const nav = page.getByRole("navigation", { name: "Documentation" });
  await expect(nav).toBeHidden();
  await page.getByRole("button", { name: "Menu" }).click();
  await expect(nav).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(nav).toBeHidden();
  await page.getByRole("button", { name: "Menu" }).click();
  await nav.getByText("For customers").click();
  await nav.getByRole("link", { name: "Quickstart" }).click();
  await page.waitForURL("**/docs/quickstart");
});

test("the theme is chosen on the page and stays", async ({ page }) => {
  await page.goto("/docs/quickstart");
  const root = page.locator("html");
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(root).toHaveAttribute("data-mantine-color-scheme", "dark");
  await page.goto("/docs/api-reference");
  await expect(root).toHaveAttribute("data-mantine-color-scheme", "dark");
  await page.getByRole("button", { name: "System", exact: true }).click();
  await expect(root).toHaveAttribute("data-mantine-color-scheme", "light");
});

test("what is no page says so and leads on", async ({ page, guard }) => {
  guard.expect(/status of 404/);
  await page.goto("/docs/nothing");
  await expect(page.getByRole("heading", { name: "This page does not exist" })).toBeVisible();
  await page.getByRole("link", { name: "Go to the start page" }).click();
  await expect(page.getByRole("heading", { level: 1 })).not.toHaveText("This page does not exist");
});

test("a page can be read and printed without scripts", async ({ browser, server }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${server.url}/docs/quickstart`);
  await expect(page.locator("[data-tab=curl]").first()).toBeVisible();
  await expect(page.locator("[data-tab=JavaScript]").first()).toBeVisible();
  await expect(page.getByRole("heading", { name: "How is this guide?" })).toBeHidden();
  await page.emulateMedia({ media: "print" });
  await expect(page.locator("#navigation")).toBeHidden();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await context.close();
});
