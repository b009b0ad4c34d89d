import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import type { Search } from "@/lib/search";

/** Filters kept in the address: a link to a filtered page is the filtered page, and Back undoes a filter. */
export function useSearchState() {
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  /** `undefined` or an empty string takes a parameter out. */
  const setSearch = useCallback(
    (change: Search, options?: { replace?: boolean }) =>
      navigate({
        to: ".",
        search: (before: Search) => ({ ...before, ...change }),
        replace: options?.replace ?? false,
        resetScroll: false,
      }),
    [navigate],
  );
  return [search, setSearch] as const;
}
