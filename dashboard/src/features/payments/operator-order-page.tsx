import { Button, Card, Group, Skeleton, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { RotateCw, Undo2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { OrderDetails } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import layoutClasses from "@/components/layout.module.css";
import { ParentLink } from "@/components/links/parent-link";
import { PageHeader } from "@/components/page-header";
import textClasses from "@/components/text.module.css";
import { useNotify } from "@/hooks/use-notify";
import { AttentionBadge } from "./attention-badge";
import { EventList } from "./event-list";
import { OperatorOrderFacts } from "./operator-order-facts";
import { operatorOrderQuery, useCheckOrder } from "./queries";
import { RefundDialog } from "./refund-dialog";
import { Refunds } from "./refunds";
import { OrderBadge } from "./shared/status";

/** One order with everything that its provider said of it. */
export function OperatorOrderPage() {
  const { t } = useTranslation("payments");
  const { id = "" } = useParams({ strict: false });
  const order = useQuery(operatorOrderQuery(id));
  const parent = <ParentLink to="/operator/orders">{t("operator.title")}</ParentLink>;
  if (order.data) return <OrderView details={order.data} parent={parent} />;
  return (
    <>
      <PageHeader title={t("order")} parent={parent} />
      {order.error ? (
        <ErrorState error={order.error} onRetry={() => void order.refetch()} />
      ) : (
        <Skeleton height={320} radius="lg" />
      )}
    </>
  );
}

function OrderView({ details, parent }: { details: OrderDetails; parent: React.ReactNode }) {
  const { t } = useTranslation("payments");
  const { order, events, refunds } = details;
  return (
    <>
      <PageHeader
        title={t("orderOf", { id: order.id })}
        heading={
          <Group gap="sm" component="span">
            <span className={textClasses.mono}>{order.id}</span>
            <OrderBadge order={order} />
            <AttentionBadge order={order} />
          </Group>
        }
        description={
          <Link
            to="/operator/accounts/$id"
            params={{ id: order.account_id }}
            className={textClasses.textLink}
          >
            <span className="yx-untrusted">{order.account_name || order.account_id}</span>
          </Link>
        }
        parent={parent}
        actions={<Actions details={details} />}
      />
      <div className={layoutClasses.stack}>
        <OperatorOrderFacts order={order} />
        {refunds.length > 0 ? <Refunds order={order} refunds={refunds} /> : null}
        <section>
          <Title order={2} size="h3" mb="sm">
            {t("events")}
          </Title>
          {events.length > 0 ? (
            <EventList events={events} />
          ) : (
            <Card padding="md">
              <Text size="sm" c="dimmed">
                {t("noEventsOfOrder")}
              </Text>
            </Card>
          )}
        </section>
      </div>
    </>
  );
}

function Actions({ details }: { details: OrderDetails }) {
  const { t } = useTranslation("payments");
  const notify = useNotify();
  const { order, can_refund: canRefund } = details;
  const check = useCheckOrder(order.id);
  const [isRefunding, refund] = useDisclosure(false);
  return (
    <>
      <Button
        variant="default"
        leftSection={<RotateCw size={15} />}
        loading={check.isPending}
        onClick={() =>
          check.mutate(undefined, {
            onSuccess: ({ order: after }) =>
              notify.done(t("operator.asked", { status: t(`status.${after.status}`) })),
            onError: notify.failed,
          })
        }
      >
        {t("operator.askAgain")}
      </Button>
      {canRefund ? (
        <Button color="red" leftSection={<Undo2 size={15} />} onClick={refund.open}>
          {t("operator.refund")}
        </Button>
      ) : null}
      <RefundDialog order={order} isOpen={isRefunding} onClose={refund.close} />
    </>
  );
}
