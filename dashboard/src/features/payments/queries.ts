import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiError } from "@/api/client";
import { useAccountWrite } from "@/api/writes";
import {
  allOrders,
  type NewOrder,
  type OperatorOrdersFilter,
  type Order,
  type OrderDetails,
  operatorOrders,
  operatorPayments,
  type PaymentEventsFilter,
  paymentEvents,
  paymentsOf,
} from "./api";

const OPTIONS_STALE_MS = 60_000;
/** The server asks a provider less often than that, and says what it knows in between. */
const PROGRESS_MS = 5000;

// By accounts.

export function paymentOptionsQuery(accountId: string) {
  return queryOptions({
    queryKey: ["account", accountId, "payment-options"],
    queryFn: ({ signal }) => paymentsOf(accountId).options(signal),
    staleTime: OPTIONS_STALE_MS,
  });
}

export function ordersQuery(accountId: string) {
  return queryOptions({
    queryKey: ["account", accountId, "orders"],
    queryFn: ({ signal }) => allOrders(accountId, signal),
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
  return paymentsOf(accountId).order(id, signal);
}

/** A provider that cannot be asked now is asked again later; until then what is known is shown. */
async function askedOrder(accountId: string, id: string, signal: AbortSignal): Promise<Order> {
  try {
    return await paymentsOf(accountId).check(id, signal);
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
    for (const what of ["credits", "ledger", "orders"])
      void queryClient.invalidateQueries({ queryKey: ["account", accountId, what] });
  };
}

export const useCreateOrder = (accountId: string) =>
  useMutation({ mutationFn: (order: NewOrder) => paymentsOf(accountId).create(order) });

export const useRequestRefund = (accountId: string) =>
  useAccountWrite(accountId, ({ id, reason }: { id: string; reason: string }) =>
    paymentsOf(accountId).requestRefund(id, reason),
  );

// By operators.

export const operatorOrdersQuery = (filter: OperatorOrdersFilter) => ({
  ...operatorOrders(["operator", "orders", filter], filter),
  placeholderData: keepPreviousData,
});

export const paymentEventsQuery = (filter: PaymentEventsFilter) => ({
  ...paymentEvents(["operator", "payment-events", filter], filter),
  placeholderData: keepPreviousData,
});

export const operatorOrderQuery = (id: string) =>
  queryOptions({
    queryKey: ["operator", "order", id],
    queryFn: ({ signal }) => operatorPayments.order(id, signal),
  });

export const useCheckOrder = (id: string) => useOrderWrite(id, () => operatorPayments.check(id));

export const useRefundOrder = (id: string) =>
  useOrderWrite(id, (body: { reason: string; credits?: string }) => operatorPayments.refund(id, body));

function useOrderWrite<Input>(id: string, write: (input: Input) => Promise<OrderDetails>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: write,
    onSuccess: (details) => {
      queryClient.setQueryData(operatorOrderQuery(id).queryKey, details);
      void queryClient.invalidateQueries({ queryKey: ["operator", "orders"] });
      void queryClient.invalidateQueries({ queryKey: ["operator", "payment-events"] });
      void queryClient.invalidateQueries({ queryKey: ["operator", "balances"] });
      void queryClient.invalidateQueries({ queryKey: ["operator", "ledger"] });
      void queryClient.invalidateQueries({ queryKey: ["account", details.order.account_id] });
    },
  });
}
