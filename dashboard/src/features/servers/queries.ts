import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import { refreshEvery } from "@/api/refresh";

const REFRESH_MS = 2_000;

export const serversQuery = queryOptions({
  queryKey: ["operator", "servers"],
  queryFn: ({ signal }) => api.get("/admin/servers", { signal }),
  refetchInterval: refreshEvery(REFRESH_MS),
});
