import { describe, expect, it } from "vitest";
import { brokenRules, strengthOf } from "./password";

describe("passwords", () => {
  it("have 12 to 128 characters, counted as people count them", () => {
    expect(brokenRules("short words", "ann@example.com")).toContain("length");
    expect(brokenRules("云朵很高天空很蓝风也很轻", "ann@example.com")).toEqual([]);
    expect(brokenRules("ab cd ef gh ".repeat(11), "ann@example.com")).toContain("length");
  });

  it("are not taken from the e-mail address", () => {
    expect(brokenRules("ann.miller2026!", "Ann.Miller@example.com")).toContain("email");
    expect(brokenRules("ann.miller likes tea", "ann.miller@example.com")).toEqual([]);
  });

  it("are not a pattern", () => {
    expect(brokenRules("abababababab", "")).toContain("pattern");
    expect(brokenRules("abcdefghijklmn", "")).toContain("pattern");
  });

  it("grow stronger with their length", () => {
    expect(strengthOf("tooshort", "")).toBe("weak");
    expect(strengthOf("plumkettlegt", "")).toBe("fair");
    expect(strengthOf("plum kettle 7", "")).toBe("good");
    expect(strengthOf("plum kettle orbit mosaic", "")).toBe("strong");
  });
});
