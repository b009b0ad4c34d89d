// Writes after which more than their own response is different.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Audience, audienceKey } from "./audience";
import { meQuery } from "./session";

/** A write of the user's own, after which what is known of them is asked for again. */
export function useMyWrite<Input, Output>(write: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: write,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: meQuery.queryKey }),
  });
}

/** A write in an account, after which what is known of the account is asked for again. */
export function useAccountWrite<Input, Output>(accountId: string, write: (input: Input) => Promise<Output>) {
  return useAudienceWrite({ accountId }, write);
}

/**
 * An operator's write. Nearly every one of them shows in several lists (counts, reach, the audit log), so all of the operator's data is
 * read anew; nothing waits for that.
 */
export function useOperatorWrite<Input, Output>(write: (input: Input) => Promise<Output>) {
  return useAudienceWrite("operator", write);
}

/** A write of either. */
export function useAudienceWrite<Input, Output>(
  audience: Audience,
  write: (input: Input) => Promise<Output>,
) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: write,
    onSuccess: () => {
      const stale = queryClient.invalidateQueries({ queryKey: audienceKey(audience) });
      return audience === "operator" ? undefined : stale;
    },
  });
}
