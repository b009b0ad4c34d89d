import { signUp } from "./support/people.mjs";
import { expect, test } from "./support/test.mjs";

const WORDS = { "zh-CN": "API 密钥", "zh-TW": "API 金鑰", en: "API keys" };
const NAMES = { "zh-CN": "简体中文", "zh-TW": "繁體中文", en: "English" };

test("the language is chosen before anybody is signed in, and stays", async ({ page, server }) => {
  void server;
  await page.goto("/sign-in");
  await page.getByRole("button", { name: /Language|English/ }).click();
  await page.getByRole("menuitem", { name: NAMES["zh-CN"] }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await expect(page.getByRole("heading", { level: 1 })).not.toHaveText("Sign in");
});

test("the language of the profile holds on every page, and in another browser", async ({ page, ann, browser, server }) => {
  await page.goto("/settings/profile");
  for (const language of ["zh-TW", "zh-CN"]) {
    await page.getByRole("combobox", { name: /^(Language|語言|语言)/ }).first().click();
    const kept = page.waitForResponse((response) => response.request().method() === "PATCH" && response.url().endsWith("/me"));
    await page.getByRole("option", { name: NAMES[language] }).click();
    await kept;
    await expect(page.locator("html")).toHaveAttribute("lang", language);
    await page.goto(ann.page("api-keys"));
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(WORDS[language]);
    await page.goto("/settings/profile");
  }
  await expect.poll(async () => (await ann.call("GET", "/me")).user.language).toBe("zh-CN");

  const elsewhere = await browser.newContext({ baseURL: server.url });
  await ann.enter(elsewhere);
  const other = await elsewhere.newPage();
  await other.goto(ann.page("api-keys"));
  await expect(other.getByRole("heading", { level: 1 })).toHaveText(WORDS["zh-CN"]);
  await elsewhere.close();
});

test("the theme is chosen, stays after a reload without a flash, and follows its user", async ({ page, ann, browser, server }) => {
  await page.goto(ann.page("overview"));
  const scheme = page.locator("html");
  await expect(scheme).toHaveAttribute("data-mantine-color-scheme", "light");
  await page.getByRole("button", { name: /Menu of|Ann/ }).last().click();
  await page.getByTitle("Dark").click();
  await expect(scheme).toHaveAttribute("data-mantine-color-scheme", "dark");
  await expect.poll(async () => (await ann.call("GET", "/me")).user.theme).toBe("dark");

  // What the document says before any script of the page has run but the early one.
  await page.addInitScript(() => {
    window.__schemes = [];
    new MutationObserver(() => window.__schemes.push(document.documentElement.dataset.mantineColorScheme)).observe(document, {
      attributes: true,
      subtree: true,
      attributeFilter: ["data-mantine-color-scheme"],
    });
  });
  await page.reload();
  await expect(scheme).toHaveAttribute("data-mantine-color-scheme", "dark");
  expect(await page.evaluate(() => [...new Set(window.__schemes)])).toEqual(["dark"]);

  const elsewhere = await browser.newContext({ baseURL: server.url, colorScheme: "light" });
  await ann.enter(elsewhere);
  const other = await elsewhere.newPage();
  await other.goto(ann.page("overview"));
  await expect(other.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await elsewhere.close();
});

test("every page of a Chinese reader is in Chinese", async ({ page, server, context }) => {
  const reader = await signUp(server.url, { name: "文" });
  await reader.enter(context);
  for (const language of ["zh-CN", "zh-TW"]) {
    await reader.call("PATCH", "/me", { language });
    for (const path of ["overview", "api-keys", "usage", "requests", "models", "playground", "settings/account", "settings/members"]) {
      await page.goto(reader.page(path));
      const heading = page.getByRole("heading", { level: 1 });
      await expect(heading, `${language} ${path}`).toHaveText(/[\u4e00-\u9fff]/);
      // A key of a text that is missing shows as itself: `section.name`.
      await expect(page.locator("main"), `${language} ${path}`).not.toContainText(/\b[a-z]+[A-Z]?[a-z]*\.[a-z]+[A-Z][a-zA-Z]*\b/);
    }
  }
});
