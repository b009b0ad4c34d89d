import { Alert, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ServersResponse } from "@/api/types";
import { type Column, DataTable } from "@/components/data-table";
import layoutClasses from "@/components/layout.module.css";
import { LiveMark } from "@/components/live-mark";
import { Loaded } from "@/components/loaded";
import { PageHeader } from "@/components/page-header";
import { StatCard } from "@/components/stat-card";
import { StatusBadge } from "@/components/status-badge";
import textClasses from "@/components/text.module.css";
import { useFormat } from "@/hooks/use-format";
import { useNow } from "@/hooks/use-now";
import { serversQuery } from "./queries";
import { isQuiet, limitsState, summary } from "./standing";

type Server = ServersResponse["servers"][number];

export function OperatorServersPage() {
  const { t } = useTranslation("servers");
  const servers = useQuery(serversQuery);
  return (
    <>
      <PageHeader
        title={t("title")}
        description={t("description")}
        actions={<LiveMark at={servers.dataUpdatedAt} isFailing={servers.isRefetchError} />}
      />
      <Loaded query={servers} height={140}>
        {(data) => <ServersView response={data} />}
      </Loaded>
    </>
  );
}

function ServersView({ response }: { response: ServersResponse }) {
  const { t } = useTranslation("servers");
  const format = useFormat();
  const { servers } = response;
  const facts = summary(servers);
  return (
    <>
      {facts.isDivided ? (
        <Alert color="amber" icon={<TriangleAlert size={18} />} mb="md" title={t("dividedTitle")}>
          {t("dividedText", { count: facts.dividedBy })}
        </Alert>
      ) : null}
      <div className={layoutClasses.stats}>
        <StatCard label={t("running")} value={format.number(facts.running)} />
        <StatCard
          label={t("version")}
          value={facts.versions.join(", ")}
          detail={facts.versions.length > 1 ? t("versionsDiffer") : undefined}
        />
        <StatCard label={t("limitsBy")} value={t(`countedBy.${facts.limitsBy}`)} />
        <StatCard
          label={t("catalogue")}
          value={
            response.catalogue_version == null ? t("differs") : format.number(response.catalogue_version)
          }
        />
        <StatCard label={t("inFlight")} value={format.number(facts.inFlight)} />
        <StatCard label={t("lag")} value={format.bytes(facts.lagBytes)} />
      </div>
      <ServerTable servers={servers} />
    </>
  );
}

function ServerTable({ servers }: { servers: Server[] }) {
  const { t } = useTranslation("servers");
  const columns = useColumns(servers);
  return (
    <DataTable
      label={t("title")}
      columns={columns}
      source={{ rows: servers, error: null, refetch: () => undefined }}
      rowKey={(server) => server.id}
      empty={
        <Text size="sm" c="dimmed" p="md">
          {t("none")}
        </Text>
      }
    />
  );
}

function useColumns(servers: Server[]): Column<Server>[] {
  const { t } = useTranslation("servers");
  const format = useFormat();
  const now = useNow(1_000);
  const newest = Math.max(0, ...servers.map((server) => server.applied_seq ?? 0));
  const ago = (time: string | null | undefined) => (time ? format.relative(time, now) : "–");
  return [
    {
      id: "id",
      header: t("server"),
      isTitle: true,
      sortBy: (server) => server.id,
      cell: (server) => (
        <Group gap={8}>
          <span className={textClasses.mono}>{server.address}</span>
          {server.is_self ? <StatusBadge tone="info">{t("self")}</StatusBadge> : null}
        </Group>
      ),
    },
    {
      id: "version",
      header: t("version"),
      sortBy: (server) => server.version,
      cell: (server) => server.version,
    },
    {
      id: "seen",
      header: t("seen"),
      sortBy: (server) => Date.parse(server.seen_at),
      cell: (server) => (
        <StatusBadge tone={isQuiet(server) ? "warn" : "ok"}>{ago(server.seen_at)}</StatusBadge>
      ),
    },
    {
      id: "lease",
      header: t("lease"),
      sortBy: (server) => Date.parse(server.lease_renewed_at ?? ""),
      cell: (server) => ago(server.lease_renewed_at),
    },
    {
      id: "applied",
      header: t("applied"),
      align: "end",
      sortBy: (server) => server.applied_seq ?? 0,
      cell: (server) =>
        server.applied_seq != null && server.applied_seq < newest
          ? t("behind", {
              seq: format.number(server.applied_seq),
              by: format.number(newest - server.applied_seq),
            })
          : format.number(server.applied_seq ?? 0),
    },
    {
      id: "lag",
      header: t("lag"),
      align: "end",
      sortBy: (server) => server.journal_lag_bytes,
      cell: (server) => format.bytes(server.journal_lag_bytes),
    },
    {
      id: "inFlight",
      header: t("inFlight"),
      align: "end",
      sortBy: (server) => server.requests_in_flight,
      cell: (server) => format.number(server.requests_in_flight),
    },
    {
      id: "limits",
      header: t("limits"),
      cell: (server) => <Limits server={server} />,
    },
  ];
}

function Limits({ server }: { server: Server }) {
  const { t } = useTranslation("servers");
  const { tone, name } = limitsState(server);
  return <StatusBadge tone={tone}>{t(`state.${name}`, { count: server.limits_servers })}</StatusBadge>;
}
