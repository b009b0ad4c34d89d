import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, it, vi } from "vitest";
import { api, apiUrl } from "./api/client";
import { innerPath, placeInside, publicPath } from "./base-path";
import { baseUrl } from "./lib/code-samples";
import { createDashboardRouter } from "./routes/router";

function serveBelow(base: string): void {
  document.documentElement.dataset.base = base;
}

afterEach(() => {
  delete document.documentElement.dataset.base;
});

const at = (path: string) => new URL(path, "https://example.com") as unknown as Location;

it("addresses are those of the root where there is no base path", () => {
  expect(publicPath("/docs")).toBe("/docs");
  expect(innerPath("/llm/docs")).toBe("/llm/docs");
  expect(placeInside(at("/x"))).toBeNull();
});

it("addresses are below the base path, and back", () => {
  serveBelow("/llm");
  expect(publicPath("/docs")).toBe("/llm/docs");
  expect(innerPath("/llm/a/b?c#d")).toBe("/a/b?c#d");
  expect(innerPath("/llm")).toBe("/");
  expect(innerPath("/llmx")).toBe("/llmx");
  const url = apiUrl("/admin/usage.csv", { query: { step: "day" } });
  expect(url).toBe("/llm/api/v1/admin/usage.csv?step=day");
  expect(baseUrl()).toBe(`${window.location.origin}/llm/v1`);
});

it("a page outside of the base path goes inside", () => {
  serveBelow("/llm");
  expect(placeInside(at("/settings?x=1#y"))).toBe("/llm/settings?x=1#y");
  expect(placeInside(at("/llm"))).toBeNull();
  expect(placeInside(at("/llm/settings"))).toBeNull();
});

it("calls go below the base path", async () => {
  serveBelow("/llm");
  const fetch = vi.fn(() => Promise.resolve(new Response(null, { status: 204 })));
  vi.stubGlobal("fetch", fetch);
  await api.post("/auth/sign-out");
  expect(fetch).toHaveBeenCalledWith("/llm/api/v1/auth/sign-out", expect.anything());
});

it("links of the router are below the base path", () => {
  serveBelow("/llm");
  const router = createDashboardRouter(new QueryClient());
  expect(router.buildLocation({ to: "/sign-in" }).publicHref).toBe("/llm/sign-in");
});
