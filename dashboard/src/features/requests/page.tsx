import { Alert, Button, Switch, Tooltip } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Activity, ArrowUp, Download, FilterX, FlaskConical } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import { DataTable, pagedSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { type Filter, FilterBar } from "@/components/filter-bar";
import { ButtonLink } from "@/components/links/button-link";
import { PageHeader } from "@/components/page-header";
import { RangePicker } from "@/components/range-picker";
import { allApiKeysQuery } from "@/features/api-keys/queries";
import { useModels } from "@/features/models/queries";
import { useNames } from "@/hooks/use-names";
import { useRange } from "@/hooks/use-range";
import { useSearchState } from "@/hooks/use-search-state";
import { OPERATIONS } from "@/lib/operations";
import { useRequestColumns } from "./columns";
import { hasFilters, keptFilters, OUTCOMES, readRequestsQuery, STATUS_CODES } from "./filters";
import { RequestsOverTime } from "./over-time";
import { requestsCsvUrl, requestsQuery } from "./queries";
import classes from "./requests.module.css";
import { useLiveTail } from "./use-live-tail";

export function RequestsPage() {
  const { t } = useTranslation("requests");
  const account = useAccount();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchState();
  const range = useRange("24h");
  const query = useMemo(() => readRequestsQuery(search, range), [search, range]);
  const filters = useMemo(() => keptFilters(search), [search]);
  // A range of one's own has ended: nothing new can come into it.
  const canBeLive = range.preset !== null;
  const isLive = canBeLive && search.live === "on";

  const list = useInfiniteQuery({
    ...requestsQuery(account.id, query),
    placeholderData: keepPreviousData,
  });
  const source = pagedSource(list);
  const tail = useLiveTail({
    accountId: account.id,
    query,
    isLive,
    listed: list.isPlaceholderData ? undefined : source.rows,
    onGap: () => void list.refetch(),
  });
  const keys = useQuery(allApiKeysQuery(account.id));
  const keyNames = useMemo(() => new Map(keys.data?.map((key) => [key.id, key.name])), [keys.data]);
  const columns = useRequestColumns({ accountId: account.id, keyNames, fresh: tail.fresh, filters });

  return (
    <>
      <PageHeader
        title={t("title")}
        description={t("description")}
        actions={
          <>
            <Tooltip label={t("live.fixed")} disabled={canBeLive} multiline w={220}>
              <div className={classes.live}>
                <span className={classes.pulse} data-on={isLive || undefined} aria-hidden />
                <Switch
                  size="sm"
                  label={t("live.label")}
                  checked={isLive}
                  disabled={!canBeLive}
                  onChange={(event) =>
                    void setSearch(
                      { live: event.currentTarget.checked ? "on" : undefined },
                      { replace: true },
                    )
                  }
                />
              </div>
            </Tooltip>
            <Button
              component="a"
              href={requestsCsvUrl(account.id, query)}
              download
              variant="default"
              leftSection={<Download size={15} />}
            >
              {t("export")}
            </Button>
            <RangePicker fallback="24h" />
          </>
        }
      />
      <FilterBar filters={useFilters(account.id)} />
      <RequestsOverTime accountId={account.id} query={query} range={range} isLive={isLive} />
      <div aria-live="polite" className="yx-visually-hidden">
        {isLive && tail.announced > 0 ? t("live.arrived", { count: tail.announced }) : ""}
      </div>
      {isLive && tail.error ? (
        <Alert color="amber" mb="md" p="xs" role="status">
          {t("live.failing")}
        </Alert>
      ) : null}
      {isLive && tail.queued > 0 ? (
        <div className={classes.queued}>
          <Button radius="xl" size="xs" leftSection={<ArrowUp size={14} />} onClick={tail.showQueued}>
            {t("live.queued", { count: tail.queued })}
          </Button>
        </div>
      ) : null}
      <div className={classes.log}>
        <DataTable
          label={t("title")}
          columns={columns}
          source={{ ...source, rows: tail.rows ?? source.rows }}
          rowKey={(row) => row.id}
          onRowClick={(row) =>
            void navigate({
              to: "/a/$accountId/requests/$requestId",
              params: { accountId: account.id, requestId: row.id },
              search: filters,
            })
          }
          empty={<NoRequests isFiltered={hasFilters(search)} isLive={isLive} />}
        />
      </div>
    </>
  );
}

function NoRequests({ isFiltered, isLive }: { isFiltered: boolean; isLive: boolean }) {
  const { t } = useTranslation("requests");
  const { t: common } = useTranslation();
  const account = useAccount();
  const [search, setSearch] = useSearchState();
  if (isFiltered) {
    return (
      <EmptyState
        icon={FilterX}
        title={t("empty.filteredTitle")}
        text={t("empty.filteredText")}
        action={
          <Button
            variant="default"
            onClick={() =>
              void setSearch(
                Object.fromEntries(
                  Object.keys(keptFilters(search))
                    .filter((name) => !["range", "from", "to"].includes(name))
                    .map((name) => [name, undefined]),
                ),
              )
            }
          >
            {common("clearFilters")}
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      icon={Activity}
      title={isLive ? t("empty.liveTitle") : t("empty.title")}
      text={t("empty.text")}
      action={
        account.can("member") ? (
          <ButtonLink
            to="/a/$accountId/playground"
            params={{ accountId: account.id }}
            leftSection={<FlaskConical size={15} />}
          >
            {t("empty.action")}
          </ButtonLink>
        ) : undefined
      }
    />
  );
}

function useFilters(accountId: string): Filter[] {
  const operationName = useNames("operation");
  const { t } = useTranslation("requests");
  const { t: common } = useTranslation();
  const keys = useQuery(allApiKeysQuery(accountId));
  const models = useModels(accountId);
  return useMemo(
    () => [
      {
        name: "status",
        label: t("filters.status"),
        width: 140,
        options: [
          ...OUTCOMES.map((value) => ({ value, label: common(`status.${value}`) })),
          ...STATUS_CODES.map((value) => ({ value, label: value })),
        ],
      },
      {
        name: "model",
        label: t("filters.model"),
        isSearchable: true,
        width: 170,
        options: models.data?.map((model) => ({ value: model.id, label: model.id })) ?? [],
      },
      {
        name: "api_key_id",
        label: t("filters.key"),
        isSearchable: true,
        width: 160,
        options: keys.data?.map((key) => ({ value: key.id, label: `${key.name} (${key.hint})` })) ?? [],
      },
      {
        name: "environment",
        label: t("filters.environment"),
        width: 140,
        options: (["live", "test"] as const).map((value) => ({
          value,
          label: common(`environment.${value}`),
        })),
      },
      {
        name: "endpoint",
        label: t("filters.endpoint"),
        width: 140,
        options: OPERATIONS.map((name) => ({ value: name, label: operationName(name) })),
      },
    ],
    [t, common, operationName, keys.data, models.data],
  );
}
