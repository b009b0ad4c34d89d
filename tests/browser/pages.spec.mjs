import { inspector } from "./support/axe.mjs";
import { addresses, SIGNED_OUT_PAGES, settled } from "./support/pages.mjs";
import { startSeeded } from "./support/seed.mjs";
import { expect, test as base } from "./support/test.mjs";

const NARROW = { width: 375, height: 800 };

const test = base.extend({
  seeded: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern
    async ({}, use) => {
      const seeded = await startSeeded();
      await use(seeded);
      await seeded.stop();
    },
    { scope: "worker" },
  ],
  server: async ({ seeded }, use) => use(seeded),
});

/** Visits every page as somebody who may see it; what `look` found, by page. */
async function visit({ page, context, server }, look) {
  const found = {};
  const see = async (address) => {
    await page.goto(address);
    await settled(page);
    const what = await look(page);
    const name = address.replace(server.owner.accountId, "ACCOUNT").replace(server.key, "KEY").replace(server.request, "REQUEST");
    if (what.length) found[name] = what;
  };
  for (const address of Object.keys(SIGNED_OUT_PAGES)) await see(address);
  for (const { person, paths } of addresses(server)) {
    await person.enter(context);
    for (const address of paths) await see(address);
  }
  return found;
}

async function overflow(page) {
  const { client, scroll, wide } = await page.evaluate(() => {
    const root = document.documentElement;
    const wide = [];
    for (const element of document.querySelectorAll("body *")) {
      const { right, width } = element.getBoundingClientRect();
      if (width > 0 && right > root.clientWidth + 1) wide.push(`${element.tagName}.${element.className} ${Math.round(right)}`);
    }
    return { client: root.clientWidth, scroll: root.scrollWidth, wide: wide.slice(0, 4) };
  });
  return scroll > client ? [`${scroll} px wide on ${client}: ${wide.join("; ")}`] : [];
}

/** What is still too wide when the shell has followed the window, which takes it a moment. */
async function overflowAtRest(page) {
  let last = [];
  const none = async () => {
    last = await overflow(page);
    return last.length;
  };
  await expect.poll(none, { timeout: 3_000 }).toBe(0).catch(() => {});
  return last;
}

// One visit for all that is asked of every page: opening it is most of what a look costs.
test("every page has a name in the browser's tab, shuts nobody out in either theme, and does not scroll sideways on a phone", async ({ page, context, server }) => {
  test.setTimeout(480_000);
  const violations = inspector();
  const desk = page.viewportSize();
  const found = await visit({ page, context, server }, async () => {
    const title = await page.title();
    const what = /^.+ · Yunxin$/.test(title) ? [] : [`named ${title}`];
    what.push(...(await violations(page)));
    await page.setViewportSize(NARROW);
    await settled(page);
    what.push(...(await overflowAtRest(page)));
    await page.setViewportSize(desk);
    return what;
  });
  expect(found).toEqual({});
});

test("the sheet that connects a provider shuts nobody out and fits a phone, in either theme", async ({ page, context, server }) => {
  const violations = inspector();
  await page.setViewportSize(NARROW);
  await server.root.enter(context);
  await page.goto("/operator/providers");
  await settled(page);
  // The built-in sandbox lists its models as any provider does.
  await page.getByRole("button", { name: "Connect provider" }).first().click();
  const sheet = page.getByRole("dialog", { name: "Connect provider" });
  await sheet.getByRole("radio", { name: /^OpenAI / }).waitFor();
  expect([...(await violations(page)), ...(await overflow(page))]).toEqual([]);
  await sheet.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Actions for sandbox" }).click();
  await page.getByRole("menuitem", { name: "Add models" }).click();
  const models = page.getByRole("dialog", { name: "Add models from sandbox" });
  await models.getByRole("list", { name: "Models" }).waitFor();
  expect([...(await violations(page)), ...(await overflow(page))]).toEqual([]);
});
