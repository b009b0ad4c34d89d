import { Title } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { OrderRefund, OrderRow } from "@/api/types";
import { type Column, DataTable } from "@/components/data-table";
import { StatusBadge, type Tone } from "@/components/status-badge";
import textClasses from "@/components/text.module.css";
import { useFormat } from "@/hooks/use-format";

const STATUSES = ["pending", "done", "failed", "by_hand"] as const;
const TONES: Record<(typeof STATUSES)[number], Tone> = {
  pending: "info",
  done: "ok",
  failed: "bad",
  by_hand: "warn",
};

/** What went back of an order, and how that stands at its provider. */
export function Refunds({ order, refunds }: { order: OrderRow; refunds: OrderRefund[] }) {
  const { t } = useTranslation("payments");
  const format = useFormat();
  const columns = useMemo(
    (): Column<OrderRefund>[] => [
      {
        id: "money",
        header: t("price"),
        isTitle: true,
        cell: (refund) => format.currency(refund.amount_minor, order),
      },
      { id: "credits", header: t("credits"), cell: (refund) => format.money(refund.credits_nanos) },
      { id: "status", header: t("statusLabel"), cell: (refund) => <RefundBadge status={refund.status} /> },
      {
        id: "reason",
        header: t("reason"),
        width: "32%",
        cell: (refund) => (
          <>
            <span className="yx-untrusted">{refund.reason}</span>
            <span className={`${textClasses.sub} yx-untrusted`}>{refund.by}</span>
          </>
        ),
      },
      {
        id: "at",
        header: t("when"),
        align: "end",
        cell: (refund) => <time dateTime={refund.at}>{format.date(refund.at)}</time>,
      },
    ],
    [t, format, order],
  );
  return (
    <section>
      <Title order={2} size="h3" mb="sm">
        {t("refunds")}
      </Title>
      <DataTable
        label={t("refunds")}
        columns={columns}
        source={{ rows: refunds, error: null, refetch: () => undefined }}
        rowKey={(refund) => refund.id}
        empty={null}
      />
    </section>
  );
}

function RefundBadge({ status }: { status: string }) {
  const { t } = useTranslation("payments");
  const known = STATUSES.find((one) => one === status);
  if (known === undefined) return <>{status}</>;
  return <StatusBadge tone={TONES[known]}>{t(`refundStatus.${known}`)}</StatusBadge>;
}
