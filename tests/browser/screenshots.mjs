// No test: a picture of every page, in both themes, and of an account's pages on a phone.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { docsPages } from "./support/docs.mjs";
import { addresses, SIGNED_OUT_PAGES, settled } from "./support/pages.mjs";
import { startSeeded } from "./support/seed.mjs";
import { test as base } from "./support/test.mjs";

const FOLDER = new URL("../../screenshots/", import.meta.url).pathname;
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 375, height: 800 };

const test = base.extend({
  seeded: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern
    async ({}, use) => {
      // A worker that follows a failed one keeps what the first one took.
      if (process.env.TEST_WORKER_INDEX === "0") rmSync(FOLDER, { recursive: true, force: true });
      mkdirSync(FOLDER, { recursive: true });
      const seeded = await startSeeded();
      await use(seeded);
      await seeded.stop();
    },
    { scope: "worker" },
  ],
  server: async ({ seeded }, use) => use(seeded),
});

/** What a page is called in a file's name. */
function nameOf(address, { owner, key, request }) {
  const plain = address.replace(`/a/${owner.accountId}/`, "account/").replace(owner.accountId, "one").replace(key, "one").replace(request, "one");
  return plain.replace(/^\//, "").replaceAll("/", "-");
}

for (const theme of ["light", "dark"]) {
  for (const [device, viewport] of [["wide", WIDE], ["phone", NARROW]]) {
    test(`pictures, ${theme}, ${device}`, async ({ page, context, server }) => {
      test.setTimeout(600_000);
      await page.setViewportSize(viewport);
      await page.addInitScript((scheme) => localStorage.setItem("yunxin-theme", scheme), theme);
      const take = async (address) => {
        await page.goto(address);
        await settled(page);
        await page.screenshot({ path: join(FOLDER, `${nameOf(address, server)}.${device}.${theme}.png`), fullPage: true });
      };
      for (const slug of await docsPages(server.url)) await take(`/docs/${slug}`);
      if (device === "wide") for (const address of Object.keys(SIGNED_OUT_PAGES)) await take(address);
      for (const { person, paths } of addresses(server)) {
        await person.enter(context);
        for (const address of paths) {
          if (device === "wide" || address.startsWith("/a/")) await take(address);
        }
      }
    });
  }
}
