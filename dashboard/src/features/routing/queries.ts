import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import { refreshEvery } from "@/api/refresh";
import type { RouteQuestion } from "@/api/types";

const REFRESH_MS = 3_000;

/** Where the next request for a model would go, and how its deployments and its queue stand. Nothing is sent. */
export function routeQuery(question: RouteQuestion) {
  return queryOptions({
    queryKey: ["operator", "routing", question],
    queryFn: ({ signal }) => api.get("/admin/routing", { query: question, signal }),
    refetchInterval: refreshEvery(REFRESH_MS),
  });
}

const KEYS_SHOWN = 20;

/** Keys of all customers by a part of their name, hint or id. */
export function findKeysQuery(text: string) {
  return queryOptions({
    queryKey: ["operator", "api-keys", "find", text],
    queryFn: ({ signal }) =>
      api.get("/admin/api-keys", { query: { query: text || undefined, limit: KEYS_SHOWN }, signal }),
    select: (page) => page.data,
    staleTime: 10_000,
  });
}
