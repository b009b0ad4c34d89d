import type { ServersResponse } from "@/api/types";

type Server = ServersResponse["servers"][number];

/** A server says of itself every second. */
const QUIET_SECONDS = 5;

export const isQuiet = (server: Server) => server.seconds_since_seen > QUIET_SECONDS;

/** How a server hands out limits, as a badge. What a newer server says that we do not know is shown as the exception that it is. */
export function limitsState(server: Server) {
  switch (server.limits) {
    case "joined":
      return { tone: "ok", name: "joined" } as const;
    case "single":
      return { tone: "info", name: "single" } as const;
    case "joining":
      return { tone: "warn", name: "joining" } as const;
    default:
      return { tone: "warn", name: "alone" } as const;
  }
}

const PLACES = ["redis", "database", "process"] as const;

/** What holds of all servers that were heard of lately. */
export function summary(servers: Server[]) {
  const alive = servers.filter((server) => !isQuiet(server));
  const sum = (of: (server: Server) => number) => alive.reduce((total, server) => total + of(server), 0);
  const divided = alive.filter((server) => !["joined", "single"].includes(server.limits));
  return {
    running: alive.length,
    versions: [...new Set(alive.map((server) => server.version))].sort(),
    limitsBy: PLACES.find((place) => alive.some((server) => server.limits_by === place)) ?? "process",
    inFlight: sum((server) => server.requests_in_flight),
    lagBytes: sum((server) => server.journal_lag_bytes),
    isDivided: divided.length > 0,
    dividedBy: Math.max(1, ...divided.map((server) => server.limits_servers)),
  };
}
