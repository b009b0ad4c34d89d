import { Button, Card, CloseButton, Group, Loader, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { CreditCard, Undo2 } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import type { Order } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import textClasses from "@/components/text.module.css";
import { useFormat } from "@/hooks/use-format";
import { useSearchState } from "@/hooks/use-search-state";
import { isUndecided, orderProgressQuery, useForgetMoney } from "../queries";
import { goTo } from "./go-to";
import { OrderFacts } from "./order-facts";
import classes from "./payments.module.css";
import { RefundRequestDialog } from "./refund-request-dialog";
import { OrderBadge } from "./status";

/** The order of the address (`?order=`): how it stands, as the buyer comes back from the provider and ever after. */
export function OrderCard() {
  const [{ order: id }, setSearch] = useSearchState();
  if (id === undefined) return null;
  return <OneOrder key={id} id={id} onClose={() => void setSearch({ order: undefined })} />;
}

function OneOrder({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation(["payments", "common"]);
  const account = useAccount();
  const progress = useQuery(orderProgressQuery(account.id, id, account.can("member")));
  const order = progress.data;
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  useDecided(account.id, order);
  return (
    <Card padding="md" mb="md" component="section" aria-label={t("order")}>
      <div className={classes.head}>
        <Group gap="sm">
          <h2 className={textClasses.heading} ref={title} tabIndex={-1}>
            {t("order")}
          </h2>
          {order ? <OrderBadge order={order} /> : null}
        </Group>
        <CloseButton aria-label={t("closeOrder")} onClick={onClose} />
      </div>
      {order ? (
        <Progress order={order} canWrite={account.can("member")} canAskBack={account.can("admin")} />
      ) : progress.error ? (
        <ErrorState error={progress.error} onRetry={() => void progress.refetch()} />
      ) : (
        <Group gap="xs" role="status">
          <Loader size="xs" aria-hidden />
          <Text size="sm">{t("asking")}</Text>
        </Group>
      )}
    </Card>
  );
}

/** Reads balance and history anew when an order becomes decided before the reader's eyes. */
function useDecided(accountId: string, order: Order | undefined) {
  const forget = useForgetMoney(accountId);
  const was = useRef<Order["status"] | undefined>(undefined);
  useEffect(() => {
    if (was.current !== undefined && was.current !== order?.status) forget();
    // The return from a provider begins with a balance that may be older than the payment.
    else if (was.current === undefined && order?.status === "paid") forget();
    was.current = order?.status ?? was.current;
  });
}

interface ProgressProps {
  order: Order;
  canWrite: boolean;
  canAskBack: boolean;
}

function Progress({ order, canWrite, canAskBack }: ProgressProps) {
  const { t } = useTranslation("payments");
  const format = useFormat();
  const [isAsking, ask] = useDisclosure(false);
  const { url } = order;
  return (
    <>
      <Group gap="xs" role="status" mb="sm" wrap="nowrap">
        {isUndecided(order) ? <Loader size="xs" aria-hidden /> : null}
        <Text size="sm">
          {t(`progress.${order.status}`, { name: order.label, amount: format.money(order.credits_nanos) })}
        </Text>
      </Group>
      <OrderFacts order={order} />
      <Group gap="xs" mt="sm">
        {url !== null && canWrite ? (
          <Button leftSection={<CreditCard size={15} />} onClick={() => goTo(url)}>
            {t("payNow")}
          </Button>
        ) : null}
        {order.can_request_refund && canAskBack ? (
          <Button variant="default" leftSection={<Undo2 size={15} />} onClick={ask.open}>
            {t("askRefund")}
          </Button>
        ) : null}
      </Group>
      <RefundRequestDialog order={order} isOpen={isAsking} onClose={ask.close} />
    </>
  );
}
