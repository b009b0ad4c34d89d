import { useRouter, useRouterState } from "@tanstack/react-router";
import { useEffect, useState } from "react";

/** The token that a link carries behind `#`: read once, and taken out of the address bar and the history. */
export function useFragmentToken(): string | null {
  const hash = useRouterState({ select: (state) => state.location.hash });
  const router = useRouter();
  const [token, setToken] = useState<string | null>(hash || null);
  useEffect(() => {
    if (hash === "") return;
    setToken(hash);
    void router.navigate({ to: ".", search: true, hash: "", replace: true, resetScroll: false });
  }, [hash, router]);
  return token;
}
