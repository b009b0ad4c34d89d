import { describe, expect, it } from "vitest";
import { baseUrl, codeSamples, firstCall, pythonLiteral } from "./code-samples";
import { CHAT, EMBEDDINGS } from "./operations";

const BASE = "https://host/v1";
const code = (id: string, body: Parameters<typeof codeSamples>[1]) =>
  codeSamples(CHAT, body, BASE).find((sample) => sample.id === id)?.code ?? "";

describe("code samples", () => {
  it("keep a quote in the prompt inside the shell's quotes", () => {
    const text = code("curl", { model: "m", messages: [{ role: "user", content: "it's $HOME" }] });
    expect(text).toContain(`it'\\''s $HOME`);
  });

  it("speak Python's literals", () => {
    expect(pythonLiteral({ a: true, b: null, c: [false, "x\n"] }, 0)).toBe(
      String.raw`{"a": True, "b": None, "c": [False, "x\n"]}`,
    );
    expect(code("python", { model: "m", messages: [], stream: true })).toContain("stream=True,");
  });

  it("leave out what is not set", () => {
    expect(code("javascript", { model: "m", messages: [], seed: undefined })).not.toContain("seed");
  });

  it("call this address", () => {
    for (const sample of firstCall(CHAT, "real")) expect(sample.code).toContain(baseUrl());
    expect(baseUrl()).toBe(`${window.location.origin}/v1`);
  });

  it("do not let the name of a model out of the shell's quotes", () => {
    expect(firstCall(CHAT, "a'b")[0]?.code).toContain("a'\\''b");
  });

  it("never hold a key", () => {
    for (const sample of codeSamples(EMBEDDINGS, { model: "m", input: "x" }, BASE)) {
      expect(sample.code).toContain("YUNXIN_API_KEY");
      expect(sample.code).not.toContain("yx-");
    }
  });
});
