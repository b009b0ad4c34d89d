import { MutationCache, QueryCache, QueryClient, type QueryKey } from "@tanstack/react-query";
import { ApiError } from "./client";

const ATTEMPTS_MAX = 3;

/** `onSignedOut` runs when any call finds the session gone. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const watch = (error: unknown) => {
    if (error instanceof ApiError && error.isSignedOut) onSignedOut();
  };
  // The first question for who is signed in is the router's; it responds "nobody" by a redirect of its own.
  const watchQuery = (error: unknown, query: { queryKey: QueryKey; state: { data: unknown } }) => {
    const isFirstQuestion =
      query.queryKey[0] === "me" && query.queryKey.length === 1 && query.state.data === undefined;
    if (!isFirstQuestion) watch(error);
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError: watchQuery }),
    mutationCache: new MutationCache({ onError: watch }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (failures, error) =>
          error instanceof ApiError &&
          error.isTransient &&
          error.status !== 429 &&
          failures < ATTEMPTS_MAX - 1,
      },
      // A write is sent once. Who sends it again decides so, under the same idempotency key.
      mutations: { retry: false },
    },
  });
}
