import { expect, it } from "vitest";
import english from "@/locales/en/names.json";
import { CHAT, EMBEDDINGS, OPERATIONS, operationFor } from "./operations";

it("every operation of the document has a word", () => {
  expect(OPERATIONS).toContain(CHAT.name);
  expect(Object.keys(english.operation).sort()).toEqual([...OPERATIONS].sort());
});

it("a model is called first by the operation of its type", () => {
  expect(operationFor("chat")).toBe(CHAT);
  expect(operationFor("embedding")).toBe(EMBEDDINGS);
  expect(operationFor("tts")).toBeNull();
});
