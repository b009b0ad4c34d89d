import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiError, api } from "@/api/client";
import { listAll, pagedQueryOptions } from "@/api/pages";
import type { NewOrder, Order, OrderDetails } from "@/api/types";
import { useAccountWrite } from "@/api/writes";

const OPTIONS_STALE_MS = 60_000;
/** The server asks a provider less often than that, and says what it knows in between. */
const PROGRESS_MS = 5000;

// By accounts.

export function paymentOptionsQuery(accountId: string) {
  return queryOptions({
    queryKey: ["account", accountId, "payment-options"],
    queryFn: ({ signal }) =>
      api.get("/accounts/{account_id}/credits/payment-options", { path: { account_id: accountId }, signal }),
    staleTime: OPTIONS_STALE_MS,
  });
}

/** Every order of an account, newest first. */
export function ordersQuery(accountId: string) {
  return queryOptions({
    queryKey: ["account", accountId, "orders"],
    queryFn: ({ signal }) =>
      listAll("/accounts/{account_id}/credits/orders", { path: { account_id: accountId } }, signal),
  });
}

/** One order, for which the provider is asked again and again until it is decided. */
export function orderProgressQuery(accountId: string, id: string, canAsk: boolean) {
  return queryOptions({
    queryKey: ["account", accountId, "order", id, canAsk],
    queryFn: ({ signal }) => (canAsk ? askedOrder(accountId, id, signal) : knownOrder(accountId, id, signal)),
    refetchInterval: (query) => (query.state.data && isUndecided(query.state.data) ? PROGRESS_MS : false),
    retry: false,
  });
}

function knownOrder(accountId: string, id: string, signal: AbortSignal): Promise<Order> {
  const path = { account_id: accountId, id };
  return api.get("/accounts/{account_id}/credits/orders/{id}", { path, signal });
}

/** A provider that cannot be asked now is asked again later; until then what is known is shown. */
async function askedOrder(accountId: string, id: string, signal: AbortSignal): Promise<Order> {
  const path = { account_id: accountId, id };
  try {
    return await api.post("/accounts/{account_id}/credits/orders/{id}/check", { path, signal });
  } catch (error) {
    if (error instanceof ApiError && error.status === 503) return knownOrder(accountId, id, signal);
    throw error;
  }
}

export function isUndecided({ status }: Pick<Order, "status">): boolean {
  return status === "open" || status === "processing";
}

/** What else is different once an order is decided. */
export function useForgetMoney(accountId: string): () => void {
  const queryClient = useQueryClient();
  return () => {
    for (const what of ["credits", "ledger", "orders", "invoices"])
      void queryClient.invalidateQueries({ queryKey: ["account", accountId, what] });
  };
}

export const useCreateOrder = (accountId: string) =>
  useMutation({
    mutationFn: (body: NewOrder) =>
      api.post("/accounts/{account_id}/credits/orders", { path: { account_id: accountId }, body }),
  });

export const useRequestRefund = (accountId: string) =>
  useAccountWrite(accountId, ({ id, reason }: { id: string; reason: string }) =>
    api.post("/accounts/{account_id}/credits/orders/{id}/refund-requests", {
      path: { account_id: accountId, id },
      body: { reason },
    }),
  );

// By operators.

/** Filters as the address has them: all of them texts. */
interface OrdersFilter {
  search?: string;
  status?: string;
  provider?: string;
  account_id?: string;
  attention?: string;
}

export const operatorOrdersQuery = (filter: OrdersFilter) => ({
  ...pagedQueryOptions(["operator", "orders", filter], "/admin/orders", {
    query: { ...filter, attention: isSet(filter.attention) },
  }),
  placeholderData: keepPreviousData,
});

export const paymentEventsQuery = (filter: { verdict?: string; attention?: string }) => ({
  ...pagedQueryOptions(["operator", "payment-events", filter], "/admin/payment-events", {
    query: { ...filter, attention: isSet(filter.attention) },
  }),
  placeholderData: keepPreviousData,
});

function isSet(text: string | undefined): true | undefined {
  return text === "true" ? true : undefined;
}

export const operatorOrderQuery = (id: string) =>
  queryOptions({
    queryKey: ["operator", "order", id],
    queryFn: ({ signal }) => api.get("/admin/orders/{id}", { path: { id }, signal }),
  });

export const useCheckOrder = (id: string) =>
  useOrderWrite(id, () => api.post("/admin/orders/{id}/check", { path: { id } }));

export const useRefundOrder = (id: string) =>
  useOrderWrite(id, (body: { reason: string; credits?: string }) =>
    api.post("/admin/orders/{id}/refund", { path: { id }, body }),
  );

function useOrderWrite<Input>(id: string, write: (input: Input) => Promise<OrderDetails>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: write,
    onSuccess: (details) => {
      queryClient.setQueryData(operatorOrderQuery(id).queryKey, details);
      void queryClient.invalidateQueries({ queryKey: ["operator", "orders"] });
      void queryClient.invalidateQueries({ queryKey: ["operator", "invoices"] });
      void queryClient.invalidateQueries({ queryKey: ["operator", "payment-events"] });
      void queryClient.invalidateQueries({ queryKey: ["operator", "balances"] });
      void queryClient.invalidateQueries({ queryKey: ["operator", "ledger"] });
      void queryClient.invalidateQueries({ queryKey: ["account", details.order.account_id] });
    },
  });
}
