import { Badge, Group, Text, Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { RequestResponse } from "@/api/types";
import type { Column } from "@/components/data-table";
import { useFormat } from "@/hooks/use-format";
import { useNames } from "@/hooks/use-names";
import { NO_VALUE } from "@/lib/format";
import type { Search } from "@/lib/search";
import { OutcomeBadge } from "./outcome-badge";
import classes from "./requests.module.css";

interface ColumnsProps {
  accountId: string;
  keyNames: Map<string, string>;
  fresh: Set<string>;
  filters: Search;
}

export function useRequestColumns({ accountId, keyNames, fresh, filters }: ColumnsProps) {
  const { t } = useTranslation("requests");
  const { t: common } = useTranslation();
  const format = useFormat();
  const operationName = useNames("operation");
  return useMemo((): Column<RequestResponse>[] => {
    return [
      {
        id: "at",
        header: t("columns.at"),
        isTitle: true,
        cell: (row) => (
          <Link
            to="/a/$accountId/requests/$requestId"
            params={{ accountId, requestId: row.id }}
            search={filters}
            className={classes.time}
            data-fresh={fresh.has(row.id) || undefined}
          >
            <time dateTime={row.at} title={format.date(row.at, "dateTimeSeconds")}>
              {format.date(row.at, "timeSeconds")}
              <span className={classes.day}>{format.date(row.at, "dayMonth")}</span>
            </time>
          </Link>
        ),
      },
      {
        id: "outcome",
        header: t("columns.outcome"),
        cell: (row) => <OutcomeBadge outcome={row} />,
      },
      {
        id: "model",
        header: t("columns.model"),
        cell: (row) => (
          <div className={classes.two}>
            <span
              className={`yx-untrusted ${classes.clip}`}
              title={row.model || row.requested_model || undefined}
            >
              {row.model || row.requested_model || NO_VALUE}
            </span>
            <Text component="span" size="xs" c="dimmed">
              {operationName(row.endpoint)}
              {row.is_streamed ? ` · ${t("streamed")}` : ""}
            </Text>
          </div>
        ),
      },
      {
        id: "key",
        hideOnCard: true,
        header: t("columns.key"),
        cell: (row) => (
          <Group gap={6} wrap="nowrap" display="inline-flex" maw="100%">
            <span className={`yx-untrusted ${classes.clip}`} title={keyNames.get(row.api_key_id)}>
              {keyNames.get(row.api_key_id) ?? row.api_key_id}
            </span>
            {row.environment === "test" ? (
              <Badge size="xs" color="gray">
                {common("environment.test")}
              </Badge>
            ) : null}
          </Group>
        ),
      },
      {
        id: "tokens",
        hideOnCard: true,
        header: t("columns.tokens"),
        align: "end",
        cell: (row) =>
          row.input_tokens + row.output_tokens === 0 ? (
            <Text component="span" inherit c="dimmed">
              {NO_VALUE}
            </Text>
          ) : (
            <Tooltip
              label={t("tokensInOut", {
                input: format.number(row.input_tokens),
                output: format.number(row.output_tokens),
              })}
            >
              <span className={classes.nowrap}>
                {format.compact(row.input_tokens)}
                <span className={classes.arrow} aria-hidden>
                  {" → "}
                </span>
                <span className="yx-visually-hidden">, </span>
                {format.compact(row.output_tokens)}
              </span>
            </Tooltip>
          ),
      },
      {
        id: "first",
        hideOnCard: true,
        header: t("columns.firstToken"),
        align: "end",
        cell: (row) => <span className={classes.nowrap}>{format.duration(row.first_token_ms)}</span>,
      },
      {
        id: "duration",
        hideOnCard: true,
        header: t("columns.duration"),
        align: "end",
        cell: (row) => <span className={classes.nowrap}>{format.duration(row.duration_ms)}</span>,
      },
      {
        id: "charge",
        header: t("columns.charge"),
        align: "end",
        cell: (row) => <span className={classes.nowrap}>{format.money(row.charge_nanos)}</span>,
      },
    ];
  }, [t, common, format, operationName, accountId, keyNames, fresh, filters]);
}
