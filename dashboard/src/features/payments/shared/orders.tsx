import { Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Download, ReceiptText } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Order } from "@/api/types";
import { type Column, DataTable, plainSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { type Filter, FilterBar } from "@/components/filter-bar";
import textClasses from "@/components/text.module.css";
import { useFormat } from "@/hooks/use-format";
import { useNames } from "@/hooks/use-names";
import { useSearchState } from "@/hooks/use-search-state";
import { ORDER_STATUSES } from "../order-status";
import { ordersQuery } from "../queries";
import { csvOf, foundIn } from "./find-orders";
import { save } from "./save";
import { OrderBadge } from "./status";

/** What an account bought, newest first: to find, to open and to take along. */
export function Orders({ accountId }: { accountId: string }) {
  const { t } = useTranslation("payments");
  const [{ status, query }, setSearch] = useSearchState();
  const orders = useQuery(ordersQuery(accountId));
  const columns = useOrderColumns(accountId);
  const methodName = useNames("paymentMethod");
  const found = useMemo(
    () => (orders.data ? foundIn(orders.data, { status, query }, methodName) : undefined),
    [orders.data, status, query, methodName],
  );
  const statuses: Filter = {
    name: "status",
    label: t("statusLabel"),
    options: ORDER_STATUSES.map((value) => ({ value, label: t(`status.${value}`) })),
    width: 190,
  };
  return (
    <>
      <FilterBar filters={[statuses]} query={{ name: "query", label: t("findOrders") }}>
        <Button
          variant="default"
          leftSection={<Download size={15} />}
          disabled={!found?.length}
          onClick={() => found && save("orders.csv", csvOf(found))}
        >
          {t("export")}
        </Button>
      </FilterBar>
      <DataTable
        label={t("orders")}
        columns={columns}
        source={plainSource({ ...orders, data: found })}
        rowKey={(order) => order.id}
        onRowClick={(order) => void setSearch({ order: order.id })}
        empty={
          <EmptyState
            icon={ReceiptText}
            title={orders.data?.length ? t("noneFound") : t("noOrders")}
            text={orders.data?.length ? undefined : t("noOrdersText")}
          />
        }
      />
    </>
  );
}

function useOrderColumns(accountId: string): Column<Order>[] {
  const { t } = useTranslation("payments");
  const format = useFormat();
  const methodName = useNames("paymentMethod");
  return useMemo(
    (): Column<Order>[] => [
      {
        id: "credits",
        header: t("credits"),
        isTitle: true,
        sortBy: (order) => order.credits_nanos,
        cell: (order) => (
          <Link
            to="/a/$accountId/billing"
            params={{ accountId }}
            search={(before) => ({ ...before, order: order.id })}
            className={textClasses.textLink}
            aria-label={t("openOrder", { amount: format.money(order.credits_nanos), id: order.id })}
          >
            {format.money(order.credits_nanos)}
          </Link>
        ),
      },
      { id: "status", header: t("statusLabel"), cell: (order) => <OrderBadge order={order} /> },
      {
        id: "method",
        header: t("payWith"),
        cell: (order) => <span className="yx-untrusted">{methodName(order.method)}</span>,
      },
      {
        id: "price",
        header: t("price"),
        align: "end",
        cell: (order) => (
          <>
            {format.currency(order.amount_minor, order)}
            {order.refunded_minor > 0 ? (
              <Text span size="xs" c="dimmed" display="block">
                −{format.currency(order.refunded_minor, order)}
              </Text>
            ) : null}
          </>
        ),
      },
      {
        id: "at",
        header: t("ordered"),
        align: "end",
        sortBy: (order) => Date.parse(order.created_at),
        cell: (order) => (
          <time dateTime={order.created_at} title={format.date(order.created_at)}>
            {format.relative(order.created_at)}
          </time>
        ),
      },
    ],
    [t, format, methodName, accountId],
  );
}
