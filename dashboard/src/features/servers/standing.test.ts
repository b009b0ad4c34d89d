import { expect, it } from "vitest";
import type { ServersResponse } from "@/api/types";
import { isQuiet, limitsState, summary } from "./standing";

type Server = ServersResponse["servers"][number];

const server = (more: Partial<Server>): Server => ({
  id: "replica_1",
  is_self: false,
  version: "0.1.0",
  address: "10.0.0.1:8080",
  started_at: "2026-11-30T08:00:00Z",
  seen_at: "2026-11-30T09:00:00Z",
  seconds_since_seen: 0,
  lease_renewed_at: "2026-11-30T09:00:00Z",
  applied_seq: 7,
  catalogue_version: 5,
  limits: "joined",
  limits_by: "redis",
  limits_servers: 2,
  requests_in_flight: 3,
  journal_lag_bytes: 100,
  ...more,
});

it("adds up the servers that were heard of lately, and leaves out those that are quiet", () => {
  const gone = server({ id: "replica_3", seconds_since_seen: 60, version: "0.0.9", limits: "alone" });
  const facts = summary([server({}), server({ id: "replica_2", journal_lag_bytes: 50 }), gone]);
  expect(isQuiet(gone)).toBe(true);
  expect(facts).toEqual({
    running: 2,
    versions: ["0.1.0"],
    limitsBy: "redis",
    inFlight: 6,
    lagBytes: 150,
    isDivided: false,
    dividedBy: 1,
  });
});

it("says among how many servers limits are divided, and shows a state it does not know as an exception", () => {
  const facts = summary([
    server({ limits: "joining", limits_servers: 3 }),
    server({ limits: "alone", limits_servers: 3 }),
  ]);
  expect([facts.isDivided, facts.dividedBy]).toEqual([true, 3]);
  expect(limitsState(server({ limits: "of a later version" })).tone).toBe("warn");
});
