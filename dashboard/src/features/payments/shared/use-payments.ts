import { useQuery } from "@tanstack/react-query";
import type { PaymentOptions } from "@/api/types";
import { ordersQuery, paymentOptionsQuery } from "../queries";

interface Payments {
  /** What can be bought and how; `null` where nothing can, or while it is not known. */
  options: PaymentOptions | null;
  /** Something was bought, or can be. */
  hasOrders: boolean;
}

/** What an account can buy, and has bought. */
export function usePayments(accountId: string): Payments {
  const options = useQuery(paymentOptionsQuery(accountId)).data;
  const orders = useQuery(ordersQuery(accountId)).data;
  const canBuy = options !== undefined && options.providers.length > 0;
  return { options: canBuy ? options : null, hasOrders: canBuy || (orders?.length ?? 0) > 0 };
}
