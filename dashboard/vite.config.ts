import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { Plugin, UserConfig } from "vite";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import { firstPages, LOCALES, textsOf } from "./scripts/chunks.ts";

const SERVER = process.env.YUNXIN_URL ?? "http://127.0.0.1:8080";

/** Tests without components whose subject reads the document. */
const WITH_A_DOCUMENT = [
  "docs/client/tabs.test.ts",
  "src/api/client.test.ts",
  "src/api/session.test.ts",
  "src/base-path.test.ts",
  "src/lib/code-samples.test.ts",
];

const PROJECTS: TestProjectConfiguration[] = [
  {
    extends: true,
    test: {
      name: "logic",
      include: ["{src,docs}/**/*.test.{ts,mjs}"],
      exclude: WITH_A_DOCUMENT,
      environment: "node",
      isolate: false,
    },
  },
  {
    extends: true,
    test: {
      name: "pages",
      include: ["src/**/*.test.tsx", ...WITH_A_DOCUMENT],
      environment: "jsdom",
      setupFiles: ["src/test/setup.ts"],
    },
  },
];

function fromTheRoot(): Plugin {
  return {
    name: "from-the-root",
    transformIndexHtml: {
      order: "post",
      handler: (html) => html.replaceAll(/ (href|src)="\.\//g, ' $1="/'),
    },
  };
}

const app: UserConfig = {
  // Scripts and styles find each other wherever they are served; the document names them from the root, and the server
  // puts the path of the installation before that.
  base: "./",
  plugins: [react(), fromTheRoot()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    assetsDir: "assets",
    // The content security policy has no `data:` for anything but images.
    assetsInlineLimit: 0,
    // One sheet: the styles of all pages are less than what a request for each would cost.
    cssCodeSplit: false,
    // The polyfill is an inline script in older targets; every browser we support preloads modules.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
};

export default defineConfig(async ({ command }) => ({
  ...app,
  server: {
    // The server takes writes only from its own pages, so it must see itself as the origin.
    proxy: Object.fromEntries(
      ["/api", "/v1", "/openapi.json", "/docs", "/assets/docs-"].map((path) => [path, { target: SERVER }]),
    ),
  },
  build: command === "build" ? { ...app.build, rolldownOptions: await inFewFiles() } : app.build,
  test: {
    restoreMocks: true,
    // A document per file costs more than most tests: only what has a component or asks for one gets it.
    projects: PROJECTS,
  },
}));

async function inFewFiles() {
  const groups = [
    { name: textsOf, test: LOCALES },
    { name: "app", tags: ["$initial" as const] },
    ...(await firstPages(app)),
    { name: "plot", test: /time-series-plot/ },
    { name: "shared", minShareCount: 2 },
  ];
  return {
    output: {
      codeSplitting: {
        groups: groups.map((group, index) => ({ ...group, priority: groups.length - index })),
      },
    },
  };
}
