// Who is signed in, and the account that the page is of.

import {
  type QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
  useSuspenseQuery,
} from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { publicPath } from "@/base-path";
import { roleIncludes } from "@/lib/roles";
import { ApiError, api } from "./client";
import type { MeResponse, Role, UpdateMeRequest } from "./types";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ signal }): Promise<MeResponse> => {
    // Not `/me`: the browser would log its 401 as an error of the page, and for a visitor it is none.
    const { me } = await api.get("/auth/session", { signal });
    if (me) return me;
    throw new ApiError({
      status: 401,
      type: "authentication_error",
      code: "not_signed_in",
      message: "nobody is signed in",
    });
  },
  staleTime: 60_000,
});

export function accountQuery(accountId: string) {
  return queryOptions({
    queryKey: ["account", accountId],
    queryFn: ({ signal }) => api.get("/accounts/{account_id}", { path: { account_id: accountId }, signal }),
    staleTime: 60_000,
  });
}

/** The signed-in user. Only below the signed-in layout, whose loader has fetched it. */
export function useMe(): MeResponse {
  return useSuspenseQuery(meQuery).data;
}

export function useUpdateMe() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (change: UpdateMeRequest) => api.patch("/me", { body: change }),
    onSuccess: (me) => queryClient.setQueryData(meQuery.queryKey, me),
  });
}

/** Ends the session. What the page is still asking is given up first: it would be refused. */
export async function endSession(queryClient: QueryClient): Promise<void> {
  await queryClient.cancelQueries();
  await api.post("/auth/sign-out");
}

export function useSignOut() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => endSession(queryClient),
    onSettled: () => {
      queryClient.clear();
      forgetTab();
      // A full load, so that nothing of the last user stays in memory.
      window.location.assign(publicPath("/sign-in"));
    },
  });
}

/** What pages kept for this tab (conversations) is not for who signs in next. */
function forgetTab(): void {
  try {
    sessionStorage.clear();
  } catch {
    // Storage may be switched off; then nothing was kept.
  }
}

const LAST_ACCOUNT_KEY = "yunxin-account";

/** The account that pages without one in their address (settings, operator) belong beside: the last one shown, else the first. */
export function lastAccountId(me: MeResponse): string | null {
  const stored = readLastAccount();
  return me.accounts.find((account) => account.id === stored)?.id ?? me.accounts[0]?.id ?? null;
}

export function rememberAccount(accountId: string): void {
  try {
    localStorage.setItem(LAST_ACCOUNT_KEY, accountId);
  } catch {
    // Storage may be switched off; the first account is then the default.
  }
}

function readLastAccount(): string | null {
  try {
    return localStorage.getItem(LAST_ACCOUNT_KEY);
  } catch {
    return null;
  }
}

export interface CurrentAccount {
  id: string;
  /** Empty until it is known, for an operator who looks at somebody else's account. */
  name: string;
  role: Role;
  tier: string;
  /** Its keys are refused. */
  isSuspended: boolean;
  /** An operator looks at an account that they are no member of. */
  isVisiting: boolean;
  can: (needed: Role) => boolean;
}

/** The account of the page. On pages under /a/$accountId it is the one in the address. */
export function useCurrentAccount(): CurrentAccount | null {
  const me = useMe();
  const params = useParams({ strict: false });
  const id = params.accountId ?? lastAccountId(me);
  const own = me.accounts.find((account) => account.id === id);
  const isVisiting = own === undefined && params.accountId !== undefined && me.user.is_operator;
  const visited = useQuery({ ...accountQuery(id ?? ""), enabled: isVisiting });
  if (own) {
    return {
      id: own.id,
      name: own.name,
      role: own.role,
      tier: own.tier,
      isSuspended: own.status === "suspended",
      isVisiting: false,
      can: (needed) => roleIncludes(own.role, needed),
    };
  }
  if (isVisiting && id !== null) {
    return {
      id,
      name: visited.data?.name ?? "",
      role: "viewer",
      tier: visited.data?.tier.id ?? "",
      isSuspended: visited.data?.status === "suspended",
      isVisiting: true,
      can: (needed) => roleIncludes("viewer", needed),
    };
  }
  return null;
}

/** As `useCurrentAccount`, for pages under /a/$accountId: their layout has made sure that there is one. */
export function useAccount(): CurrentAccount {
  const account = useCurrentAccount();
  if (account === null) throw new Error("this page is only shown inside an account");
  return account;
}
