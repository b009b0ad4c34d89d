import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderPage } from "@/test/render-page";
import { OperatorServersPage } from "./operator-page";

const at = { path: "/operator/servers", route: "/operator/servers" };

const server = (id: string, more: object) => ({
  id,
  is_self: id === "replica_1",
  version: "0.1.0",
  address: `10.0.0.${id.slice(-1)}:8080`,
  started_at: "2026-11-30T08:00:00Z",
  seen_at: new Date().toISOString(),
  seconds_since_seen: 0,
  lease_renewed_at: new Date().toISOString(),
  applied_seq: 12,
  catalogue_version: 5,
  limits: "joined",
  limits_by: "redis",
  limits_servers: 2,
  requests_in_flight: 3,
  journal_lag_bytes: 0,
  ...more,
});

const shows = (servers: object[], version: number | null) =>
  renderPage(OperatorServersPage, at, {
    "/admin/servers": { body: { servers, catalogue_version: version } },
  });

it("shows where limits are counted and which server is how far behind", async () => {
  await shows([server("replica_1", {}), server("replica_2", { applied_seq: 9 })], null);
  expect(await screen.findByText("Redis")).toBeTruthy();
  expect(screen.getByText("9 (3 behind)")).toBeTruthy();
  expect(screen.getByText("Servers differ")).toBeTruthy();
  expect(screen.queryByText("Limits are divided")).toBeNull();
});

it("warns while the servers divide the limits, and says among how many", async () => {
  const divided = { limits: "alone", limits_servers: 2 };
  await shows([server("replica_1", divided), server("replica_2", divided)], 5);
  expect(await screen.findByText("Limits are divided")).toBeTruthy();
  expect(screen.getAllByText("1 of 2 parts")).toHaveLength(2);
});
