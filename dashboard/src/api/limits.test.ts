import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { MAX_LENGTHS } from "./document.gen";
import { maxLengthOf } from "./limits";

interface Document {
  components: { schemas: Record<string, { properties?: Record<string, { maxLength?: number }> }> };
}
const document: Document = JSON.parse(readFileSync("../crates/yunxin/openapi.json", "utf8"));

it("knows the longest text of each field as the document has it", () => {
  expect(maxLengthOf("CreateApiKeyRequest", "name")).toBe(100);
  for (const [schema, lengths] of Object.entries(MAX_LENGTHS)) {
    for (const [property, length] of Object.entries(lengths)) {
      const described = document.components.schemas[schema]?.properties?.[property]?.maxLength;
      expect(length, `${schema}.${property}`).toBe(described);
    }
  }
});

/** What is typed there is no text of the management API: searches, what a model is told, dollars. */
const OTHER_TEXTS =
  /playground\/|providers\/kind-picker\.tsx|providers\/connect\/(?:models-step|model-row)\.tsx|shell\/find\//;

it("no form has a length of its own making", () => {
  const sources = import.meta.glob<string>("../**/*.tsx", { query: "?raw", import: "default", eager: true });
  const own = Object.entries(sources).filter(
    ([path, text]) => !OTHER_TEXTS.test(path) && /maxLength=\{(?!maxLengthOf\()/.test(text),
  );
  expect(own.map(([path]) => path)).toEqual([]);
});
