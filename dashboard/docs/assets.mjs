// The one script and the one style of the documentation, bundled by the tool that bundles the Dashboard.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const CLIENT = fileURLToPath(new URL("./client", import.meta.url));
const TOKENS = "virtual:tokens.css";
const tokens = JSON.parse(readFileSync(new URL("../src/theme/tokens.json", import.meta.url), "utf8"));

/** Their addresses. */
export async function buildClient(dist) {
  const { output } = await build({
    configFile: false,
    root: CLIENT,
    base: "./",
    publicDir: false,
    logLevel: "warn",
    plugins: [tokensPlugin()],
    build: {
      target: "es2022",
      outDir: dist,
      emptyOutDir: false,
      assetsDir: "assets",
      modulePreload: false,
      cssCodeSplit: false,
      rolldownOptions: {
        input: `${CLIENT}/main.ts`,
        output: {
          entryFileNames: "assets/docs-[hash].js",
          chunkFileNames: "assets/docs-[name]-[hash].js",
          assetFileNames: "assets/docs-[hash][extname]",
        },
      },
    },
  });
  const script = output.find((file) => file.type === "chunk" && file.isEntry);
  const style = output.find((file) => file.fileName.endsWith(".css"));
  return { script: `/${script.fileName}`, style: `/${style.fileName}` };
}

/** The Dashboard's tokens as CSS. */
function tokensPlugin() {
  return {
    name: "tokens",
    resolveId: (id) => (id === TOKENS ? `\0${TOKENS}` : null),
    load: (id) => (id === `\0${TOKENS}` ? tokensCss() : null),
  };
}

export function tokensCss() {
  const { fonts, variables, light, dark } = tokens;
  const sans = `${fonts.latin}, ${fonts.cjk["zh-CN"]}, ${fonts.rest}`;
  const traditional = `${fonts.latin}, ${fonts.cjk["zh-TW"]}, ${fonts.rest}`;
  return [
    rule(":root", {
      ...variables,
      ...light,
      "--font": sans,
      "--mono": fonts.monospace,
      "color-scheme": "light",
    }),
    rule(":root:lang(zh-TW)", { "--font": traditional }),
    rule(':root[data-mantine-color-scheme="dark"]', { ...dark, "color-scheme": "dark" }),
  ].join("\n");
}

function rule(selector, values) {
  const lines = Object.entries(values).map(([name, value]) => `  ${name}: ${value};`);
  return `${selector} {\n${lines.join("\n")}\n}`;
}
