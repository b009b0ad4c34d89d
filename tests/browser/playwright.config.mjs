import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  projects: [
    { name: "tests", testMatch: "*.spec.mjs" },
    { name: "screenshots", testMatch: "screenshots.mjs" },
  ],
  outputDir: "test-results",
  // One browser at a time: the tests share a machine with whatever else runs there.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    viewport: { width: 1280, height: 900 },
    locale: "en-US",
    timezoneId: "UTC",
    colorScheme: "light",
    actionTimeout: 15_000,
    // What a test that failed saw last; for every step, `--trace on` (docs/contributing/tests.md).
    screenshot: "only-on-failure",
    trace: "off",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
});
