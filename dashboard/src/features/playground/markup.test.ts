import { describe, expect, it } from "vitest";
import { parseBlocks, parseInline, safeLink } from "./markup";

describe("what a model writes", () => {
  it("is cut into blocks, with an open fence at its end", () => {
    const blocks = parseBlocks("# Title\n\ntext\nmore\n\n1. a\n2. b\n\n- c\n\n```js\nlet x;\n");
    expect(blocks).toEqual([
      { kind: "heading", level: 1, text: "Title" },
      { kind: "paragraph", text: "text\nmore" },
      { kind: "list", isOrdered: true, start: 1, items: ["a", "b"] },
      { kind: "list", isOrdered: false, start: 1, items: ["c"] },
      { kind: "code", language: "js", text: "let x;\n" },
    ]);
  });

  it("links only to other pages", () => {
    expect(safeLink("https://example.com/a")).toBe("https://example.com/a");
    for (const target of ["javascript:alert(1)", "data:text/html,x", "/settings", "//host", "JaVaScRiPt:x"]) {
      expect(safeLink(target)).toBeNull();
    }
    expect(parseInline("[x](javascript:alert)")).toEqual([{ kind: "text", text: "[x](javascript:alert)" }]);
  });

  it("keeps HTML as text", () => {
    expect(parseInline("<img src=x onerror=alert(1)>")).toEqual([
      { kind: "text", text: "<img src=x onerror=alert(1)>" },
    ]);
  });

  it("formats within a line and leaves arithmetic alone", () => {
    expect(parseInline("**b** `c*d*` 2*3*4")).toEqual([
      { kind: "strong", children: [{ kind: "text", text: "b" }] },
      { kind: "text", text: " " },
      { kind: "code", text: "c*d*" },
      { kind: "text", text: " 2*3*4" },
    ]);
  });

  it("is read in time proportional to its length", () => {
    const began = performance.now();
    for (const piece of ["**a ", "`` a ` ", "[a](", "*a ", "| a ", "1. ", "> "]) {
      for (const block of parseBlocks(piece.repeat(20_000)))
        if (block.kind === "paragraph") parseInline(block.text);
    }
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
