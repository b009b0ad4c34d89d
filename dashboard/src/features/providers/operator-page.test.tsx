import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { startI18n } from "@/i18n/i18n";
import { OperatorProvidersPage } from "./operator-page";

const sandbox = {
  name: "sandbox",
  kind: "openai_compatible",
  base_url: null,
  credential: { source: "none", env: null },
  is_credential_set: false,
  credentials: [],
  serves_test_keys: true,
  active_probes: false,
  stream_usage: null,
  media_urls: null,
  auth: {
    method: null,
    header: null,
    profile: null,
    region: null,
    scope: null,
    service: null,
    token_url: null,
  },
  headers: {},
  variables: {},
  origin: "sandbox",
  deployments: 1,
};
const real = {
  ...sandbox,
  name: "openai",
  credential: { source: "sealed", env: null },
  is_credential_set: true,
  serves_test_keys: false,
  stream_usage: null,
  media_urls: null,
  origin: "database",
};

type Responses = Record<string, unknown>;

/** The server: paths below /api/v1/admin and what they respond; everything else is away. */
function serve(responses: Responses) {
  const sent: { method: string; path: string; body: unknown }[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const path = url.replace("/api/v1/admin", "").replace(/\?.*/, "");
    const body = typeof init.body === "string" ? JSON.parse(init.body) : null;
    sent.push({ method: init.method ?? "GET", path, body });
    const response = responses[path];
    if (response === undefined) {
      const error = {
        type: "permission_error",
        code: "insufficient_permissions",
        message: "No.",
        param: null,
      };
      return new Response(JSON.stringify({ error }), { status: 403 });
    }
    return new Response(JSON.stringify(response), { status: 200 });
  });
  return sent;
}

function page(data: unknown[]) {
  return { data, next_cursor: null };
}

const openai = {
  kind: "openai",
  label: "OpenAI",
  default_base_url: "https://api.openai.com/v1",
  address: "https://api.openai.com/v1",
  group: "lab",
  variables: [],
  auth_method: "bearer",
};

function show() {
  const root = createRootRoute({ component: OperatorProvidersPage });
  const router = createRouter({ routeTree: root, history: createMemoryHistory() });
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={queryClient}>
      <MantineProvider env="test">
        <RouterProvider<typeof router> router={router} />
      </MantineProvider>
    </QueryClientProvider>,
  );
}

// What is awaited comes at once; the limits only bound a busy machine.
configure({ asyncUtilTimeout: 15_000 });
vi.setConfig({ testTimeout: 60_000 });

beforeAll(async () => {
  // jsdom has no scrolling, and the router scrolls to the top of every page.
  vi.stubGlobal("scrollTo", () => undefined);
  await startI18n();
});

describe("the providers page", () => {
  it("leads to the first provider while only the sandbox responds", async () => {
    serve({
      "/providers": page([sandbox]),
      "/models": page([{ id: "sandbox-small", origin: "sandbox" }]),
      "/deployments": page([{ id: "d", origin: "sandbox" }]),
      "/provider-kinds": page([openai]),
    });
    show();
    expect(
      await screen.findByRole("heading", { name: "From the sandbox to your first real model" }),
    ).toBeTruthy();
    const guide = await screen.findByRole("region", { name: "From the sandbox to your first real model" });
    await userEvent.click(within(guide).getByRole("button", { name: "Connect provider" }));
    expect(await screen.findByRole("dialog", { name: "Connect provider" })).toBeTruthy();
  });

  it("leads nowhere once something other than the sandbox serves a model", async () => {
    serve({
      "/providers": page([sandbox, real]),
      "/models": page([]),
      "/deployments": page([{ id: "d", origin: "database" }]),
    });
    show();
    expect(await screen.findByRole("heading", { name: "openai" })).toBeTruthy();
    expect(screen.queryByRole("heading", { name: "From the sandbox to your first real model" })).toBeNull();
  });

  it("says why it shows nothing to those who may not see it", async () => {
    serve({});
    show();
    expect(await screen.findByRole("heading", { name: "You do not have access" })).toBeTruthy();
  });

  it("tests a provider and shows the response with its time", async () => {
    const sent = serve({
      "/providers": page([real]),
      "/models": page([]),
      "/deployments": page([{ id: "d", origin: "database" }]),
      "/providers/openai/test": { ok: false, status: 401, duration_ms: 231, message: "refused <b>" },
    });
    show();
    await userEvent.click(await screen.findByRole("button", { name: "Test openai" }));
    expect(await screen.findByText("refused <b>")).toBeTruthy();
    expect(screen.getByText(/231 ms.*HTTP 401/)).toBeTruthy();
    expect(sent.at(-1)).toMatchObject({ method: "POST", path: "/providers/openai/test" });
  });

  it("never shows a stored secret, and asks for it again with another address", async () => {
    const sent = serve({
      "/providers": page([real]),
      "/models": page([]),
      "/deployments": page([{ id: "d", origin: "database" }]),
      "/provider-kinds": page([openai]),
    });
    show();
    await userEvent.click(await screen.findByRole("button", { name: "Actions for openai" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Edit" }));
    expect(screen.queryByLabelText(/^Secret/, { selector: "input[type=password]" })).toBeNull();
    await userEvent.type(await screen.findByLabelText(/Base URL/), "https://elsewhere.example/v1");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText(/Enter the secret again/)).toBeTruthy();
    expect(sent.every((request) => request.method === "GET")).toBe(true);
  });

  it("asks for the variables of a kind's address, and says what its credential is", async () => {
    const bedrock = {
      ...openai,
      kind: "bedrock",
      label: "AWS Bedrock",
      default_base_url: null,
      address: "https://bedrock-runtime.{region}.amazonaws.com",
      variables: [{ name: "region", default: null }],
      auth_method: "aws",
    };
    const sent = serve({
      "/providers": page([real]),
      "/models": page([]),
      "/deployments": page([{ id: "d", origin: "database" }]),
      "/provider-kinds": page([openai, bedrock]),
    });
    show();
    await userEvent.click(await screen.findByRole("button", { name: "Connect provider" }));
    await userEvent.click(await screen.findByRole("radio", { name: /^AWS Bedrock/ }));
    expect(screen.getByText(/access keys as ID:SECRET/)).toBeTruthy();
    await userEvent.type(
      screen.getByLabelText(/^Credential/, { selector: "input[type=password]" }),
      "AKIA:hush",
    );
    await userEvent.click(screen.getByRole("button", { name: "List models" }));
    expect(await screen.findByText("Enter a value: it is part of the provider's address.")).toBeTruthy();
    expect(sent.some(({ method }) => method === "POST")).toBe(false);
    await userEvent.type(screen.getByRole("textbox", { name: /^Region/ }), "eu-central-1");
    await userEvent.click(screen.getByRole("button", { name: "List models" }));
    await waitFor(() =>
      expect(sent.at(-1)).toMatchObject({
        path: "/provider-models",
        body: { kind: "bedrock", variables: { region: "eu-central-1" } },
      }),
    );
  });
});
