// Which modules come in one file. Each request costs a round trip, so a first page is a few large files, and what it does not need is in others.
// Which modules a page needs is known when all is bundled and what is not used is left out: a first build is asked, which writes nothing.

import { build, type InlineConfig } from "vite";
import { laterFile } from "../src/i18n/text-files.ts";

export const LOCALES = /[\\/]locales[\\/]/;

/** The texts of a language, those of the first page after signing in together. */
export function textsOf(id: string): string {
  const [language, file = ""] = id.split(/[\\/]/).slice(-2);
  const later = laterFile(file.replace(/\.json$/, ""));
  return later === null ? `texts-${language}` : `texts-${language}-${later}`;
}

/** The pages that open first: of visitors, of accounts, of operators. What only one of them needs is in a file of its own. */
const FIRST = {
  visitors: ["src/features/auth/layout.tsx", "src/features/auth/sign-in-page.tsx"],
  overview: ["src/shell/shell.tsx", "src/features/overview/page.tsx"],
  lists: ["src/shell/shell.tsx", "src/features/accounts/operator-page.tsx"],
};

interface Group {
  name: string;
  test: (id: string) => boolean;
}

/** The files of first pages, those for more of them first. */
export async function firstPages(config: InlineConfig): Promise<Group[]> {
  const chunks = await bundle(config);
  const visitors = modulesOf(FIRST.visitors, chunks);
  const overview = modulesOf(FIRST.overview, chunks);
  const lists = modulesOf(FIRST.lists, chunks);
  return [
    { name: "kit", test: (id) => visitors.has(id) && (overview.has(id) || lists.has(id)) },
    { name: "overview", test: (id) => overview.has(id) },
    { name: "lists", test: (id) => lists.has(id) },
    { name: "visitors", test: (id) => visitors.has(id) },
  ];
}

interface Chunk {
  imports: string[];
  modules: string[];
}

/** Every chunk by the name of its file, as they are without any choice of ours: modules that the same pages need. */
async function bundle(config: InlineConfig): Promise<Map<string, Chunk>> {
  const built = await build({
    ...config,
    configFile: false,
    logLevel: "error",
    build: { ...config.build, write: false, minify: false },
  });
  const outputs = "output" in built ? built.output : [];
  const chunks = outputs.flatMap((output) =>
    output.type === "chunk"
      ? [[output.fileName, { imports: output.imports, modules: Object.keys(output.modules) }] as const]
      : [],
  );
  return new Map(chunks);
}

/** The modules that are loaded before any of the files runs. */
function modulesOf(files: readonly string[], chunks: Map<string, Chunk>): Set<string> {
  const modules = new Set<string>();
  const seen = new Set<string>();
  const queue = [...chunks]
    .filter(([, chunk]) => files.some((file) => chunk.modules.some((id) => id.endsWith(`/${file}`))))
    .map(([name]) => name);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const chunk = chunks.get(name);
    for (const id of chunk?.modules ?? []) modules.add(id);
    queue.push(...(chunk?.imports ?? []));
  }
  return modules;
}
