// A page on another machine's address over plain HTTP lacks what browsers keep for secure contexts.

import { act, renderHook, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { randomId } from "../random-id";
import { useCopy } from "./use-copy";

afterEach(() => vi.unstubAllGlobals());

it("ids are made without randomUUID", () => {
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  expect(randomId()).toMatch(/^[0-9a-f]{32}$/);
  expect(randomId()).not.toBe(randomId());
});

it("text is copied without a clipboard, and it is said", async () => {
  vi.stubGlobal("navigator", { ...navigator, clipboard: undefined });
  let copied = "";
  document.execCommand = vi.fn(() => {
    copied = document.querySelector("textarea")?.value ?? "";
    return true;
  });
  const { result } = renderHook(() => useCopy());
  act(() => result.current.copy("yx-secret"));
  await waitFor(() => expect(result.current.isCopied).toBe(true));
  expect(copied).toBe("yx-secret");
  expect(document.querySelector("textarea")).toBeNull();
});
