import { afterEach, expect, it, vi } from "vitest";
import { ApiError, api, apiUrl } from "./client";
import { listAll } from "./pages";

afterEach(() => vi.unstubAllGlobals());

/** Responds to each call with the next of the responses, and remembers what was asked. */
function serve(...responses: Response[]) {
  const fetch = vi.fn((_url: string, _init: RequestInit) => Promise.resolve(responses.shift() as Response));
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

const json = (body: unknown, init?: ResponseInit) => new Response(JSON.stringify(body), init);

it("parameters of a path cannot leave their place, and a model's slashes stay", () => {
  expect(apiUrl("/admin/accounts/{id}", { path: { id: "a/../b?c" } })).toBe(
    "/api/v1/admin/accounts/a%2F..%2Fb%3Fc",
  );
  const path = { account_id: "{id}", id: "vendor/large $&" };
  expect(apiUrl("/accounts/{account_id}/models/{id}", { path })).toBe(
    "/api/v1/accounts/%7Bid%7D/models/vendor/large%20%24%26",
  );
});

it("parameters that hold nothing are left out", () => {
  expect(apiUrl("/admin/users", { query: { query: "", limit: undefined } })).toBe("/api/v1/admin/users");
});

it("every write has a key of its own, unless it is told that it is the same write again", async () => {
  const fetch = serve(json({}), json({}), json({}));
  const keyOf = (call: number) => new Headers(fetch.mock.calls[call]?.[1].headers).get("idempotency-key");
  const body = { name: "a", environment: "live" } as const;
  await api.post("/accounts/{account_id}/api-keys", { path: { account_id: "x" }, body });
  await api.post("/accounts/{account_id}/api-keys", { path: { account_id: "x" }, body });
  await api.post("/accounts/{account_id}/api-keys", { path: { account_id: "x" }, body, idempotencyKey: "k" });
  expect(keyOf(0)).not.toBe(keyOf(1));
  expect(keyOf(2)).toBe("k");
  expect(new Headers(fetch.mock.calls[0]?.[1].headers).get("x-yunxin-request")).toBe("dashboard");
});

it("a refusal is an error with the words of the server", async () => {
  const error = { type: "invalid_request_error", code: "last_owner", message: "No.", param: "role" };
  serve(json({ error }, { status: 409, headers: { "x-request-id": "req_1", "retry-after": "7" } }));
  const failure = await api.get("/me").catch((cause: unknown) => cause);
  expect(failure).toBeInstanceOf(ApiError);
  expect(failure).toMatchObject({
    status: 409,
    code: "last_owner",
    message: "No.",
    param: "role",
    requestId: "req_1",
    retryAfterSeconds: 7,
    isTransient: false,
  });
});

it("a server that is away is an error that may pass, and an abort stays an abort", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
  await expect(api.get("/me")).rejects.toMatchObject({ status: 0, code: "network", isTransient: true });
  vi.stubGlobal("fetch", () => Promise.reject(new DOMException("stopped", "AbortError")));
  await expect(api.get("/me")).rejects.toMatchObject({ name: "AbortError" });
});

it("a list is read to its end", async () => {
  const fetch = serve(
    json({ data: [{ id: "a" }], next_cursor: "2" }),
    json({ data: [{ id: "b" }], next_cursor: null }),
  );
  expect(await listAll("/admin/tiers")).toMatchObject([{ id: "a" }, { id: "b" }]);
  expect(fetch.mock.calls.map(([url]) => url)).toEqual([
    "/api/v1/admin/tiers?limit=200",
    "/api/v1/admin/tiers?limit=200&cursor=2",
  ]);
});
