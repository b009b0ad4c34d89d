import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { ApiKeyResponse, KeyEventResponse } from "@/api/types";
import { WebhooksPage } from "@/features/webhooks/page";
import { Bell } from "@/shell/bell";
import { renderPage } from "@/test/render-page";
import { EventsCard } from "./shared/events-card";

const account = "/accounts/acct_1";
const key = {
  id: "key_1",
  anomaly_action: "freeze",
  quarantine: { state: "frozen", since: "2026-11-20T00:00:00.000Z", event_id: "kev_2", kind: "new_network" },
} as ApiKeyResponse;
const events: KeyEventResponse[] = [
  {
    id: "kev_2",
    api_key_id: "key_1",
    kind: "new_network",
    action: "frozen",
    at: "2026-11-20T00:00:00.000Z",
    facts: {
      seen: { network: "203.0.113.0/24" },
      usual: { networks: 2 },
      factor: null,
      since_ms: 1_790_000_000_000,
    },
  },
  {
    id: "kev_1",
    api_key_id: "key_1",
    kind: "something_of_tomorrow",
    action: "notified",
    at: "2026-11-19T00:00:00.000Z",
    facts: {},
  },
];
const listed = { body: { data: events, next_cursor: null } };
const place = { path: "/a/acct_1/api-keys/key_1", route: "/a/$accountId/api-keys/$apiKeyId" };

function Writable() {
  return <EventsCard accountId="acct_1" apiKey={key} canWrite />;
}

function Readable() {
  return <EventsCard accountId="acct_1" apiKey={key} canWrite={false} />;
}

function WithoutEvents() {
  return <EventsCard accountId="acct_1" apiKey={{ ...key, quarantine: null }} canWrite />;
}

it("says what was seen, usual and done, and offers to undo what holds", async () => {
  await renderPage(Writable, place, { [`${account}/key-events`]: listed });
  expect(await screen.findByText("New network")).toBeTruthy();
  expect(screen.getByText(/Seen: 203\.0\.113\.0\/24\..*Usual: 2 networks/)).toBeTruthy();
  expect(screen.getByText("something_of_tomorrow")).toBeTruthy();
  expect(screen.getAllByRole("button", { name: "Undo" })).toHaveLength(1);
});

it("offers a viewer nothing to undo", async () => {
  await renderPage(Readable, place, { [`${account}/key-events`]: listed });
  expect(await screen.findByText("New network")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Undo" })).toBeNull();
});

it("shows a key without events that nothing was noticed", async () => {
  const empty = { body: { data: [], next_cursor: null } };
  await renderPage(WithoutEvents, place, { [`${account}/key-events`]: empty });
  expect(await screen.findByText("No unusual activity.")).toBeTruthy();
});

it("rings for what is new, and shows it", async () => {
  await renderPage(Bell, place, {
    [`${account}/key-events/unseen`]: { body: { count: 2 } },
    [`${account}/key-events/seen`]: { body: {} },
    [`${account}/key-events`]: listed,
  });
  const bell = await screen.findByRole("button", { name: "2 new key events" });
  await userEvent.click(bell);
  await waitFor(() => expect(screen.getByRole("link", { name: "New network" })).toBeTruthy());
});

it("lists webhooks with their last delivery, and lets admins alone see them", async () => {
  const webhook = {
    id: "whk_1",
    url: "https://example.com/hooks",
    created_at: "2026-11-01T00:00:00.000Z",
    is_enabled: true,
    failing_since: "2026-11-20T00:00:00.000Z",
    last_delivery: { at: "2026-11-20T00:00:00.000Z", status: 500, error: "it answered 500" },
  };
  const at = { path: "/a/acct_1/settings/webhooks", route: "/a/$accountId/settings/webhooks" };
  const responses = { [`${account}/webhooks`]: { body: { data: [webhook], next_cursor: null } } };
  await renderPage(WebhooksPage, at, responses, "admin");
  expect(await screen.findByText("https://example.com/hooks")).toBeTruthy();
  expect(screen.getByText("it answered 500")).toBeTruthy();
  expect(screen.getByText("Failing")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Test https://example.com/hooks" })).toBeTruthy();
});

it("says who may see webhooks", async () => {
  const at = { path: "/a/acct_1/settings/webhooks", route: "/a/$accountId/settings/webhooks" };
  await renderPage(WebhooksPage, at, {}, "member");
  expect(await screen.findByText("You do not have access")).toBeTruthy();
});
