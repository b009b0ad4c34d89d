import { renderHook } from "@testing-library/react";
import { beforeAll, expect, it } from "vitest";
import { startEnglish } from "@/test/render-page";
import { useNames } from "./use-names";

beforeAll(startEnglish);

it("says what it has a word for", () => {
  expect(renderHook(() => useNames("operation")).result.current("embeddings")).toBe("Embeddings");
  expect(renderHook(() => useNames("action")).result.current("api_key.revoked")).toBe("API key revoked");
});

it("shows what it has no word for by its name", () => {
  const name = renderHook(() => useNames("operation")).result.current;
  expect(name("unheard_of")).toBe("unheard_of");
  expect(name("constructor")).toBe("constructor");
  expect(renderHook(() => useNames("providerKind")).result.current("acme", "Acme AI")).toBe("Acme AI");
});
