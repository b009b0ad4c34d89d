import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Suspense } from "react";
import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { ApiKeyResponse, MeResponse, Role } from "@/api/types";
import { startI18n } from "@/i18n/i18n";
import { ApiKeysPage } from "./page";

const KEY: ApiKeyResponse = {
  id: "key_1",
  name: "<b>Production</b>",
  hint: "yx-…c41f",
  environment: "live",
  status: "active",
  restrictions: { models: null, endpoints: null, networks: null },
  created_at: "2020-01-01T00:00:00.000Z",
  expires_at: null,
  revoked_at: null,
  last_use: null,
  secret_created_at: "2020-01-01T00:00:00.000Z",
  old_secrets: 0,
  usage_7d: [0, 0, 0, 0, 0, 0, 0],
  charge_nanos_30d: 0,
  created_by: "ann@example.com",
  anomaly_action: "notify",
  shows_cost: true,
  caches_prompts: false,
  budgets: [],
  limits: {},
  quarantine: null,
};
const SECRET = "yx-secret-that-is-shown-once";

const sent: { method: string; path: string; body: unknown }[] = [];
let keys: ApiKeyResponse[] = [];
let role: Role = "member";
let isBroken = false;

// A page with dialogs takes its time where many tests share a processor.
vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 15_000 });
beforeAll(() => startI18n());
beforeEach(() => {
  sent.length = 0;
  keys = [KEY];
  role = "member";
  isBroken = false;
  vi.stubGlobal("scrollTo", () => undefined);
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const path = url.replace("/api/v1", "").split("?")[0] ?? "";
    const method = init.method ?? "GET";
    if (method !== "GET") sent.push({ method, path, body: init.body && JSON.parse(String(init.body)) });
    return response(method, path);
  });
});

function response(method: string, path: string): Response {
  if (path === "/auth/session") return json({ me: me() });
  if (path === "/accounts/acct_1")
    return json({ keys_used: keys.length, keys_max: 20, key_rotation_days: 90 });
  if (path.endsWith("/models")) return json({ data: [], next_cursor: null });
  if (isBroken)
    return json({ error: { type: "internal_error", message: "broken", code: null, param: null } }, 500);
  if (method === "POST" && path.endsWith("/revoke")) return json({ ...KEY, status: "revoked" });
  if (method === "POST") return json({ api_key: KEY, secret: SECRET }, 201);
  return json({ data: keys, next_cursor: null });
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

function me(): MeResponse {
  return {
    accounts: [{ id: "acct_1", name: "Acme", role, tier: "pro", status: "active" }],
    user: { is_operator: false },
  } as MeResponse;
}

function open() {
  const root = createRootRoute();
  const page = createRoute({
    getParentRoute: () => root,
    path: "/a/$accountId/api-keys",
    component: () => (
      <Suspense>
        <ApiKeysPage />
      </Suspense>
    ),
  });
  const router = createRouter({
    routeTree: root.addChildren([page]),
    history: createMemoryHistory({ initialEntries: ["/a/acct_1/api-keys"] }),
  });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={client}>
        <RouterProvider<typeof router> router={router} />
      </QueryClientProvider>
    </MantineProvider>,
  );
}

it("shows names as text, and that a secret is due for rotation", async () => {
  open();
  expect(await screen.findByRole("link", { name: "<b>Production</b>" })).toBeTruthy();
  expect(screen.getByText(/1 key has a secret that is older than 90 days/)).toBeTruthy();
});

it("an account without keys is told to create one", async () => {
  keys = [];
  open();
  expect(await screen.findByRole("heading", { name: "No API keys yet" })).toBeTruthy();
  expect(screen.getAllByRole("button", { name: "Create API key" })).toHaveLength(2);
});

it("a failure offers to try again", async () => {
  isBroken = true;
  open();
  const retry = await screen.findByRole("button", { name: "Try again" });
  isBroken = false;
  await userEvent.click(retry);
  expect(await screen.findByRole("link", { name: "<b>Production</b>" })).toBeTruthy();
});

it("viewers get no buttons that write", async () => {
  role = "viewer";
  open();
  await userEvent.click(await screen.findByRole("button", { name: "Actions for <b>Production</b>" }));
  expect(await screen.findByRole("menuitem", { name: "Open" })).toBeTruthy();
  expect(screen.queryByRole("menuitem", { name: "Revoke" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Create API key" })).toBeNull();
});

it("a new secret is shown until the user says that it is stored", async () => {
  open();
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Create API key" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Create key" }));
  expect(within(dialog).getByText("Give the key a name.")).toBeTruthy();
  await user.type(within(dialog).getByLabelText(/^Name/), "CI");
  await user.click(within(dialog).getByRole("radio", { name: /^Test/ }));
  await user.click(within(dialog).getByRole("button", { name: "Create key" }));

  expect((await screen.findByTestId("secret")).textContent).toBe(SECRET);
  expect(sent[0]?.body).toEqual({ name: "CI", environment: "test" });
  const done = screen.getByRole("button", { name: "Done" }) as HTMLButtonElement;
  expect(done.disabled).toBe(true);
  await user.click(screen.getByRole("checkbox", { name: "I have stored it" }));
  await user.click(done);
  await waitFor(() => expect(screen.queryByTestId("secret")).toBeNull());
});

it("revoking needs the name of the key", async () => {
  open();
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Actions for <b>Production</b>" }));
  await user.click(await screen.findByRole("menuitem", { name: "Revoke" }));
  const revoke = (await screen.findByRole("button", { name: "Revoke key" })) as HTMLButtonElement;
  expect(revoke.disabled).toBe(true);
  await user.type(screen.getByRole("textbox", { name: /to confirm/ }), KEY.name);
  await user.click(revoke);
  await waitFor(() => expect(sent[0]?.path).toBe("/accounts/acct_1/api-keys/key_1/revoke"));
});
