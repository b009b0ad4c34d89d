import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import { listAll } from "@/api/pages";
import { useMyWrite } from "@/api/writes";

export const sessionsQuery = queryOptions({
  queryKey: ["me", "sessions"],
  queryFn: ({ signal }) => listAll("/me/sessions", undefined, signal),
});

export function useEndSession() {
  return useMyWrite((id: string) => api.post("/me/sessions/{id}/end", { path: { id } }));
}

export function useEndOtherSessions() {
  return useMyWrite(() => api.post("/me/sessions/end-others"));
}
