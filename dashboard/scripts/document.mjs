// Writes src/api/document.gen.ts: what the Dashboard knows of the API document beside the types, which are gone when it runs.
import { readFileSync, writeFileSync } from "node:fs";

const DOCUMENT = new URL("../../crates/yunxin/openapi.json", import.meta.url);
const WRITTEN = new URL("../src/api/document.gen.ts", import.meta.url);
/** What goes to the server; a change of a spec has the lengths of the spec. */
const SENT = /^(?!Change_).*(?:Request|Spec)$/;

const { schemas } = JSON.parse(readFileSync(DOCUMENT, "utf8")).components;
writeFileSync(
  WRITTEN,
  `// Generated from openapi.json (\`npm run types\`).

/** The names of the operations of the data plane. */
export const OPERATION_NAMES = ${JSON.stringify(schemas.Operation.enum)} as const;

/** How many characters a text may have, by schema and property. */
export const MAX_LENGTHS = {
${Object.keys(schemas)
  .filter((name) => SENT.test(name))
  .sort()
  .flatMap((name) => lengthsOf(name))
  .join("\n")}
} as const;
`,
);

function lengthsOf(name) {
  const lengths = Object.entries(schemas[name].properties ?? {}).flatMap(([property, { maxLength }]) =>
    maxLength === undefined ? [] : [`${JSON.stringify(property)}: ${maxLength}`],
  );
  return lengths.length === 0 ? [] : [`  ${name}: { ${lengths.join(", ")} },`];
}
