// The fixtures: one server for all tests of a worker, a guarded browser per test, and people with accounts.
import { test as base, expect } from "@playwright/test";
import { watch } from "./guard.mjs";
import { startYunxin } from "./installation.mjs";
import { becomeOperator, signUp } from "./people.mjs";

export { expect };

export const test = base.extend({
  /** The server that most tests share. A test that stops or configures one starts its own. */
  shared: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern
    async ({}, use) => {
      const server = await startYunxin();
      const operator = await becomeOperator(server);
      await use({ ...server, operator });
      await server.stop();
    },
    { scope: "worker" },
  ],

  /** The server of this test; files that need another one override it. */
  server: async ({ shared }, use) => use(shared),

  baseURL: async ({ server }, use) => use(server.url),

  guard: async ({ context, server }, use) => {
    const guard = await watch(context, server.url);
    await use(guard);
    expect(guard.faults, "what no page may do").toEqual([]);
  },

  page: async ({ page, guard }, use) => {
    void guard;
    await use(page);
  },

  /** Somebody with an account of their own, signed in in this test's browser. */
  ann: async ({ server, context }, use) => {
    const ann = await signUp(server.url);
    await ann.enter(context);
    await use(ann);
  },

  /** The operator of the server, signed in in this test's browser. */
  operator: async ({ server, context }, use) => {
    await server.operator.enter(context);
    await use(server.operator);
  },
});

/** The first truthy value of `check()`; an error when the time is over. */
export async function eventually(check, what, seconds = 10) {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Does what a dialog asks for before its dangerous button works, and presses it. */
export async function confirm(dialog, button) {
  await dialog.getByRole("button", { name: button }).waitFor();
  const box = dialog.getByRole("textbox");
  if (await box.count()) {
    const asked = (await dialog.locator("label").innerText()).match(/“(.*)”/)[1];
    await box.fill(asked.replaceAll(/[\u2066-\u2069]/g, ""));
  }
  await dialog.getByRole("button", { name: button }).click();
}
