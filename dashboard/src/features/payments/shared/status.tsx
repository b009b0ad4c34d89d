import { useTranslation } from "react-i18next";
import type { Order } from "@/api/types";
import { StatusBadge, type Tone } from "@/components/status-badge";

const TONES: Record<Order["status"], Tone> = {
  open: "info",
  processing: "info",
  paid: "ok",
  expired: "neutral",
  failed: "bad",
  refunded: "neutral",
  disputed: "bad",
};

/** How an order stands, in words; a part that went back is said with it. */
export function OrderBadge({ order }: { order: Pick<Order, "status" | "refunded_minor"> }) {
  const { t } = useTranslation("payments");
  const isPart = order.status === "paid" && order.refunded_minor > 0;
  return (
    <StatusBadge tone={TONES[order.status]}>
      {t(isPart ? "partRefunded" : `status.${order.status}`)}
    </StatusBadge>
  );
}
