import { describe, expect, it } from "vitest";
import { indexOf } from "./search-index";

const sections = [
  {
    u: "/docs/limits",
    p: { en: "Rate limits", "zh-CN": "速率限制" },
    h: "",
    t: "How much a key may ask for.",
  },
  {
    u: "/docs/limits#headers",
    p: { en: "Rate limits", "zh-CN": "速率限制" },
    h: "Headers",
    t: "Each answer says what is left: x-ratelimit-remaining.",
  },
  {
    u: "/docs/errors#rate_limit_exceeded",
    p: { en: "Errors", "zh-CN": "错误" },
    h: "rate_limit_exceeded",
    t: "Wait.",
  },
];

describe("the search", () => {
  const search = indexOf(sections, "en");
  const addresses = (query: string) => search(query).map(({ address }) => address);

  it("finds a page by its title before sections by their text", () => {
    expect(addresses("rate limits")[0]).toBe("/docs/limits");
  });

  it("finds by a part of a code, by the begin of a word and with a slip", () => {
    expect(addresses("exceeded")).toEqual(["/docs/errors#rate_limit_exceeded"]);
    expect(addresses("head")).toContain("/docs/limits#headers");
    expect(addresses("heders")).toContain("/docs/limits#headers");
  });

  it("finds in Chinese by any character of a title", () => {
    expect(addresses("限制")).toEqual(["/docs/limits"]);
    const [first] = indexOf(sections, "zh-CN")("headers");
    expect(first).toMatchObject({ page: "速率限制", heading: "Headers" });
  });

  it("shows where the word is", () => {
    expect(search("remaining")[0]?.excerpt).toContain("remaining");
    expect(search("nothing of this")).toEqual([]);
  });
});
