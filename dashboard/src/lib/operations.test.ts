import { expect, it } from "vitest";
import { CHAT, EMBEDDINGS, operationFor } from "./operations";

it("a model is called first by the operation of its type", () => {
  expect(operationFor("chat")).toBe(CHAT);
  expect(operationFor("embedding")).toBe(EMBEDDINGS);
  expect(operationFor("tts")).toBeNull();
});
