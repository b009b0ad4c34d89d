import { describe, expect, it } from "vitest";
import { codeSamples, pythonLiteral } from "./samples";

const BASE = "https://host/v1";
const code = (id: string, body: Parameters<typeof codeSamples>[1]) =>
  codeSamples("chat/completions", body, BASE).find((sample) => sample.id === id)?.code ?? "";

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

  it("never hold a key", () => {
    for (const sample of codeSamples("embeddings", { model: "m", input: "x" }, BASE)) {
      expect(sample.code).toContain("YUNXIN_API_KEY");
      expect(sample.code).not.toContain("yx-");
    }
  });
});
