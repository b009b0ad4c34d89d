import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const SERVER = process.env.YUNXIN_URL ?? "http://127.0.0.1:8080";

function fromTheRoot(): Plugin {
  return {
    name: "from-the-root",
    transformIndexHtml: {
      order: "post",
      handler: (html) => html.replaceAll(/ (href|src)="\.\//g, ' $1="/'),
    },
  };
}

export default defineConfig({
  // Scripts and styles find each other wherever they are served; the document names them from the root, and the server
  // puts the path of the installation before that.
  base: "./",
  plugins: [react(), fromTheRoot()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    // The server takes writes only from its own pages, so it must see itself as the origin.
    proxy: Object.fromEntries(
      ["/api", "/v1", "/openapi.json", "/docs", "/assets/docs-"].map((path) => [path, { target: SERVER }]),
    ),
  },
  build: {
    target: "es2022",
    assetsDir: "assets",
    // The content security policy has no `data:` for anything but images.
    assetsInlineLimit: 0,
    // The polyfill is an inline script in older targets; every browser we support preloads modules.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 30 },
            { name: "uplot", test: /node_modules[\\/]uplot[\\/]/, priority: 30 },
          ],
        },
      },
    },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    restoreMocks: true,
  },
});
