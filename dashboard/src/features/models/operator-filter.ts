import type { AdminModelResponse } from "@/api/types";
import type { Search } from "@/lib/search";

/** The models that the address asks for. All are loaded, so the browser chooses. */
export function filterModels(models: AdminModelResponse[], search: Search): AdminModelResponse[] {
  const text = (search.query ?? "").trim().toLowerCase();
  return models.filter(
    (model) =>
      (text === "" ||
        [model.id, model.display_name, model.owned_by, ...model.aliases].some((one) =>
          one.toLowerCase().includes(text),
        )) &&
      (search.type === undefined || model.model_type === search.type) &&
      (search.tier === undefined || model.min_tier === search.tier) &&
      (search.origin === undefined || model.origin === search.origin),
  );
}
