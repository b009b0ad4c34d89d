import { Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Order } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { Fact, Facts } from "@/components/facts";
import textClasses from "@/components/text.module.css";
import { useFormat } from "@/hooks/use-format";
import { useNames } from "@/hooks/use-names";

/** What was ordered, when and by whom, and what went back of it. */
export function OrderFacts({ order }: { order: Order }) {
  const { t } = useTranslation("payments");
  const format = useFormat();
  const methodName = useNames("paymentMethod");
  const method = methodName(order.method);
  return (
    <Facts look="dense">
      <Fact label={t("credits")}>{format.money(order.credits_nanos)}</Fact>
      <Fact label={t("price")}>{format.currency(order.amount_minor, order)}</Fact>
      <Fact label={t("payWith")} className="yx-untrusted">
        {order.label === method ? method : `${method} · ${order.label}`}
      </Fact>
      <Fact label={t("ordered")}>{format.date(order.created_at)}</Fact>
      {order.created_by ? (
        <Fact label={t("by")} className="yx-untrusted">
          {order.created_by}
        </Fact>
      ) : null}
      {order.paid_at === null ? null : <Fact label={t("paidAt")}>{format.date(order.paid_at)}</Fact>}
      {order.status === "open" ? <Fact label={t("expiresAt")}>{format.date(order.expires_at)}</Fact> : null}
      {order.refunded_minor > 0 || order.taken_back_nanos > 0 ? (
        <Fact label={t("refunded")}>
          {t("refundedOf", {
            money: format.currency(order.refunded_minor, order),
            credits: format.money(order.taken_back_nanos),
          })}
        </Fact>
      ) : null}
      {order.refund_requested_at === null ? null : (
        <Fact label={t("refundAsked")} className="yx-untrusted">
          {format.date(order.refund_requested_at)}
          {order.refund_request_reason ? `: ${order.refund_request_reason}` : null}
        </Fact>
      )}
      <Fact label={t("orderId")}>
        <Group gap={2} wrap="nowrap">
          <span className={textClasses.mono}>{order.id}</span>
          <CopyButton value={order.id} label={t("copyId")} />
        </Group>
      </Fact>
    </Facts>
  );
}
