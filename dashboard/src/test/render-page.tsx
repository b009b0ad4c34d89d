// A page on its own, below the address it has in the Dashboard, with `fetch` answered by the test.

import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { configure, render } from "@testing-library/react";
import i18next, { type ResourceKey } from "i18next";
import { initReactI18next } from "react-i18next";
import { vi } from "vitest";
import type { MeResponse, Role } from "@/api/types";
import { parseSearch, stringifySearch } from "@/lib/search";

// Pages with charts and tables take a while in jsdom on a busy machine.
configure({ asyncUtilTimeout: 8000 });
vi.setConfig({ testTimeout: 20_000 });

const texts = import.meta.glob<ResourceKey>("../locales/en/*.json", {
  import: "default",
  eager: true,
});

interface Response {
  status?: number;
  body: unknown;
}
/** What a page sends with a write. */
export interface Sent {
  method: string;
  body: unknown;
}
/** Paths below /api/v1, without their query, and what they respond. */
export type Responses = Record<string, Response | ((query: URLSearchParams, sent: Sent) => Response)>;

export function meOf(role: Role): MeResponse {
  return {
    user: {
      id: "usr_1",
      email: "lin@example.com",
      name: "Lin",
      language: "en",
      theme: "light",
      is_operator: false,
      has_password: true,
      has_two_factor: false,
      is_email_confirmed: true,
      notifications: { rotation: true, security: true },
      created_at: "2026-11-01T00:00:00.000Z",
    },
    accounts: [{ id: "acct_1", name: "Acme", role, tier: "basic", status: "active" }],
    session: { id: "sess_1", expires_at: "2026-12-01T00:00:00.000Z" },
  };
}

export async function renderPage(
  Page: () => React.ReactNode,
  at: { path: string; route: string },
  responses: Responses,
  role: Role = "member",
): Promise<void> {
  await startEnglish();
  vi.stubGlobal("scrollTo", () => undefined);
  vi.stubGlobal("fetch", (input: string, init?: RequestInit) =>
    Promise.resolve(response(input, init, responses)),
  );
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queryClient.setQueryData(["me"], meOf(role));
  const root = createRootRoute();
  const page = createRoute({ getParentRoute: () => root, path: at.route, component: Page });
  const router = createRouter({
    routeTree: root.addChildren([page]),
    history: createMemoryHistory({ initialEntries: [at.path] }),
    parseSearch,
    stringifySearch,
  });
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queryClient}>
        <RouterProvider<typeof router> router={router} />
      </QueryClientProvider>
    </MantineProvider>,
  );
}

function response(input: string, init: RequestInit | undefined, responses: Responses): Response {
  const url = new URL(input, "http://localhost");
  const path = url.pathname.replace("/api/v1", "");
  const found = responses[path];
  if (!found) return json({ error: { type: "not_found_error", code: "not_found", message: path } }, 404);
  const { status, body } = typeof found === "function" ? found(url.searchParams, sentIn(init)) : found;
  return json(body, status ?? 200);
}

function sentIn(init: RequestInit | undefined): Sent {
  const body: unknown = typeof init?.body === "string" ? JSON.parse(init.body) : undefined;
  return { method: init?.method ?? "GET", body };
}

function json(body: unknown, status: number): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

export async function startEnglish(): Promise<void> {
  if (i18next.isInitialized) return;
  const english = Object.fromEntries(
    Object.entries(texts).map(([path, value]) => [path.split("/").at(-1)?.replace(".json", "") ?? "", value]),
  );
  await i18next.use(initReactI18next).init({
    lng: "en",
    ns: Object.keys(english),
    defaultNS: "common",
    resources: { en: english },
    interpolation: { escapeValue: false },
  });
}
