import { Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { OrderRow } from "@/api/types";
import { StatusBadge } from "@/components/status-badge";
import { useVerdict } from "./verdict";

/** What an operator should look at in an order; nothing where nothing is. */
export function AttentionBadge({
  order,
}: {
  order: Pick<OrderRow, "attention" | "refund_requested_at" | "status">;
}) {
  const { t } = useTranslation("payments");
  const verdict = useVerdict();
  const isAsked = order.refund_requested_at !== null && order.status === "paid";
  if (order.attention === null && !isAsked) return null;
  return (
    <Group gap={4} component="span">
      {order.attention === null ? null : <StatusBadge tone="warn">{verdict(order.attention)}</StatusBadge>}
      {isAsked ? <StatusBadge tone="warn">{t("refundAsked")}</StatusBadge> : null}
    </Group>
  );
}
