import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import { refreshEvery } from "@/api/refresh";
import { useOperatorWrite } from "@/api/writes";

const REFRESH_MS = 5_000;

export const systemQuery = queryOptions({
  queryKey: ["operator", "system"],
  queryFn: ({ signal }) => api.get("/admin/system", { signal }),
  refetchInterval: refreshEvery(REFRESH_MS),
});

export const useReloadCatalogue = () => useOperatorWrite((_: undefined) => api.post("/admin/catalog/reload"));
