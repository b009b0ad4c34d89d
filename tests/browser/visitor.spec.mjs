import { settled } from "./support/pages.mjs";
import { expect, test } from "./support/test.mjs";

test("a visitor who is not signed in sees no error in the console, and robots are told what is theirs", async ({ page, server, guard }) => {
  void server;
  for (const address of ["/", "/sign-in", "/operator/accounts", "/revoke-key"]) {
    await page.goto(address);
    await settled(page);
  }
  expect(guard.faults).toEqual([]);
  const robots = await page.request.get("/robots.txt");
  expect(robots.headers()["content-type"]).toMatch(/^text\/plain/);
  expect(await robots.text()).toContain("Disallow: /");
});
