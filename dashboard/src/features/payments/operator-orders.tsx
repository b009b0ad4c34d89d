import { Group } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ReceiptText } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { OrderRow } from "@/api/types";
import { publicPath } from "@/base-path";
import { type Column, DataTable, pagedSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { type Filter, FilterBar } from "@/components/filter-bar";
import textClasses from "@/components/text.module.css";
import { useFormat } from "@/hooks/use-format";
import { useNames } from "@/hooks/use-names";
import { useSearchState } from "@/hooks/use-search-state";
import { AttentionBadge } from "./attention-badge";
import { ORDER_STATUSES } from "./order-status";
import { operatorOrdersQuery } from "./queries";
import { OrderBadge } from "./shared/status";

/** The orders of all accounts, newest first. */
export function OperatorOrders() {
  const { t } = useTranslation("payments");
  const navigate = useNavigate();
  const [{ query, status, provider, account_id, attention }] = useSearchState();
  const filter = { search: query, status, provider, account_id, attention };
  const orders = useInfiniteQuery(operatorOrdersQuery(filter));
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const columns = useColumns();
  const filters = useFilters();
  return (
    <>
      <FilterBar filters={filters} query={{ name: "query", label: t("operator.find") }} />
      <DataTable
        label={t("orders")}
        columns={columns}
        source={pagedSource(orders)}
        rowKey={(order) => order.id}
        onRowClick={(order) => void navigate({ to: "/operator/orders/$id", params: { id: order.id } })}
        empty={isFiltered ? <EmptyState icon={ReceiptText} title={t("noneFound")} /> : <NoOrders />}
      />
    </>
  );
}

/** Nothing was bought yet, perhaps because nothing can be. */
function NoOrders() {
  const { t } = useTranslation("payments");
  return (
    <EmptyState
      icon={ReceiptText}
      title={t("noOrders")}
      text={t("operator.noOrdersText")}
      action={
        <a href={publicPath("/docs/payments")} className={textClasses.textLink}>
          {t("operator.setUp")}
        </a>
      }
    />
  );
}

function useFilters(): Filter[] {
  const { t } = useTranslation("payments");
  // Which providers there are, the orders say; the whole list is asked for once.
  const all = useInfiniteQuery(operatorOrdersQuery(EVERYTHING));
  const labels = new Map(all.data?.pages.flatMap(({ data }) => data.map((row) => [row.provider, row.label])));
  return [
    {
      name: "status",
      label: t("statusLabel"),
      options: ORDER_STATUSES.map((value) => ({ value, label: t(`status.${value}`) })),
      width: 180,
    },
    {
      name: "provider",
      label: t("provider"),
      options: [...labels].map(([value, label]) => ({ value, label })),
    },
    {
      name: "attention",
      label: t("attention"),
      options: [{ value: "true", label: t("needsAttention") }],
    },
  ];
}

const EVERYTHING = {};

function useColumns(): Column<OrderRow>[] {
  const { t } = useTranslation("payments");
  const format = useFormat();
  const methodName = useNames("paymentMethod");
  return useMemo(
    (): Column<OrderRow>[] => [
      {
        id: "order",
        header: t("order"),
        isTitle: true,
        cell: (order) => (
          <>
            <Link to="/operator/orders/$id" params={{ id: order.id }} className={textClasses.textLink}>
              <span className={textClasses.mono}>{order.id}</span>
            </Link>
            <span className={`${textClasses.sub} yx-untrusted`}>{order.payment_ref}</span>
          </>
        ),
      },
      {
        id: "account",
        header: t("account"),
        cell: (order) => (
          <Link
            to="/operator/accounts/$id"
            params={{ id: order.account_id }}
            className={textClasses.textLink}
          >
            <span className="yx-untrusted">{order.account_name || order.account_id}</span>
          </Link>
        ),
      },
      {
        id: "status",
        header: t("statusLabel"),
        cell: (order) => (
          <Group gap={4}>
            <OrderBadge order={order} />
            <AttentionBadge order={order} />
          </Group>
        ),
      },
      {
        id: "method",
        header: t("payWith"),
        cell: (order) => (
          <span className="yx-untrusted">
            {methodName(order.method)}
            <span className={textClasses.sub}>{order.label}</span>
          </span>
        ),
      },
      {
        id: "price",
        header: t("price"),
        align: "end",
        cell: (order) => format.currency(order.amount_minor, order),
      },
      {
        id: "credits",
        header: t("credits"),
        align: "end",
        cell: (order) => format.money(order.credits_nanos),
      },
      {
        id: "at",
        header: t("ordered"),
        align: "end",
        cell: (order) => (
          <time dateTime={order.created_at} title={format.date(order.created_at)}>
            {format.relative(order.created_at)}
          </time>
        ),
      },
    ],
    [t, format, methodName],
  );
}
