import { Alert, Button, Card, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { RotateCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { SystemResponse } from "@/api/types";
import { type Column, DataTable } from "@/components/data-table";
import { Fact, Facts } from "@/components/facts";
import layoutClasses from "@/components/layout.module.css";
import { LiveMark } from "@/components/live-mark";
import { Loaded } from "@/components/loaded";
import { PageHeader } from "@/components/page-header";
import { StatCard } from "@/components/stat-card";
import { StatusBadge } from "@/components/status-badge";
import textClasses from "@/components/text.module.css";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { useNow } from "@/hooks/use-now";
import { systemQuery, useReloadCatalogue } from "./queries";
import classes from "./system.module.css";

export function OperatorSystemPage() {
  const { t } = useTranslation("system");
  const system = useQuery(systemQuery);
  return (
    <>
      <PageHeader
        title={t("title")}
        description={t("description")}
        actions={<LiveMark at={system.dataUpdatedAt} isFailing={system.isRefetchError} />}
      />
      <Loaded query={system} height={140}>
        {(data) => <SystemView system={data} />}
      </Loaded>
    </>
  );
}

function SystemView({ system }: { system: SystemResponse }) {
  const { t } = useTranslation("system");
  const format = useFormat();
  const now = useNow(5_000);
  const { queues, database, journal } = system;
  return (
    <>
      {journal.lost > 0 ? (
        <Alert color="red" icon={<TriangleAlert size={18} />} mb="md" title={t("lostTitle")}>
          {t("lostText", { count: journal.lost })}
        </Alert>
      ) : null}
      <div className={layoutClasses.stats}>
        <StatCard
          label={t("version")}
          value={system.version}
          detail={<span className={textClasses.mono}>{system.replica_id}</span>}
        />
        <StatCard
          label={t("uptime")}
          value={format.relative(system.started_at, now)}
          detail={format.date(system.started_at)}
        />
        <StatCard
          label={t("inFlight")}
          value={format.number(queues.requests_in_flight)}
          detail={t("connections", { count: queues.connections })}
        />
        <StatCard label={t("keysCached")} value={format.number(queues.keys_cached)} />
        <StatCard label={t("mails")} value={format.number(queues.mails_pending)} />
      </div>
      <div className={classes.halves}>
        <CatalogueCard system={system} />
        <FactCard title={t("storage")}>
          <Fact label={t("database")}>{database.engine}</Fact>
          <Fact label={t("size")}>{format.bytes(database.size_bytes)}</Fact>
          <Fact label={t("migration")}>{database.migration ?? "–"}</Fact>
        </FactCard>
        <JournalCard journal={journal} now={now} />
      </div>
      <h2 className={textClasses.heading} style={{ margin: "24px 0 10px" }}>
        {t("replicas")}
      </h2>
      <Replicas system={system} now={now} />
    </>
  );
}

function FactCard({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card padding="md" component="section" aria-label={title}>
      <h2 className={textClasses.heading} style={{ marginBottom: 10 }}>
        {title}
      </h2>
      <Facts look="dense">{children}</Facts>
    </Card>
  );
}

function JournalCard({ journal, now }: { journal: SystemResponse["journal"]; now: number }) {
  const { t } = useTranslation("system");
  const format = useFormat();
  return (
    <FactCard title={t("journal")}>
      <Fact label={t("pending")}>{format.number(journal.pending)}</Fact>
      <Fact label={t("journalBytes")}>
        {t("bytesOf", {
          bytes: format.bytes(journal.bytes),
          max: format.bytes(journal.bytes_max),
        })}
      </Fact>
      <Fact label={t("written")}>{format.number(journal.written)}</Fact>
      <Fact label={t("writtenAt")}>
        {journal.written_at ? (
          <time dateTime={journal.written_at} title={format.date(journal.written_at)}>
            {format.relative(journal.written_at, now)}
          </time>
        ) : (
          "–"
        )}
      </Fact>
      <Fact label={t("failures")}>{format.number(journal.failures)}</Fact>
      <Fact label={t("lost")}>{format.number(journal.lost)}</Fact>
    </FactCard>
  );
}

function CatalogueCard({ system }: { system: SystemResponse }) {
  const { t } = useTranslation(["system", "models", "deployments"]);
  const format = useFormat();
  const notify = useNotify();
  const reload = useReloadCatalogue();
  const { catalogue } = system;
  const warnings = catalogue.warnings ?? [];
  return (
    <Card padding="md" component="section" aria-label={t("catalogue")}>
      <Group justify="space-between" mb={10}>
        <h2 className={textClasses.heading}>{t("catalogue")}</h2>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<RotateCw size={13} />}
          loading={reload.isPending}
          onClick={() =>
            reload.mutate(undefined, {
              onSuccess: ({ models }) => notify.done(t("reloaded", { count: models })),
              onError: notify.failed,
            })
          }
        >
          {t("reload")}
        </Button>
      </Group>
      <Facts look="dense">
        <Fact label={t("models:operator.title")}>{format.number(catalogue.models)}</Fact>
        <Fact label={t("deployments:title")}>{format.number(catalogue.deployments)}</Fact>
        {catalogue.loaded_at ? (
          <Fact label={t("loaded")}>
            <time dateTime={catalogue.loaded_at} title={format.date(catalogue.loaded_at)}>
              {format.relative(catalogue.loaded_at)}
            </time>
          </Fact>
        ) : null}
      </Facts>
      {warnings.length > 0 ? (
        <Alert color="amber" icon={<TriangleAlert size={16} />} mt="sm" title={t("warnings")}>
          <ul className={textClasses.consequences}>
            {warnings.map((warning) => (
              <li key={warning} className="yx-untrusted">
                {warning}
              </li>
            ))}
          </ul>
        </Alert>
      ) : (
        <Text size="xs" c="dimmed" mt="sm">
          {t("noWarnings")}
        </Text>
      )}
    </Card>
  );
}

type Replica = SystemResponse["replicas"][number];
const QUIET_MS = 30_000;

function Replicas({ system, now }: { system: SystemResponse; now: number }) {
  const { t } = useTranslation("system");
  const format = useFormat();
  const newest = Math.max(0, ...system.replicas.map((replica) => replica.applied_seq));
  const columns: Column<Replica>[] = [
    {
      id: "id",
      header: t("replica"),
      isTitle: true,
      sortBy: (replica) => replica.id,
      cell: (replica) => (
        <Group gap={8}>
          <span className={textClasses.mono}>{replica.id}</span>
          {replica.is_self ? <StatusBadge tone="info">{t("self")}</StatusBadge> : null}
        </Group>
      ),
    },
    {
      id: "renewed",
      header: t("lastSeen"),
      sortBy: (replica) => Date.parse(replica.renewed_at),
      cell: (replica) => (
        <StatusBadge tone={now - Date.parse(replica.renewed_at) > QUIET_MS ? "warn" : "ok"}>
          {format.relative(replica.renewed_at, now)}
        </StatusBadge>
      ),
    },
    {
      id: "seq",
      header: t("applied"),
      align: "end",
      sortBy: (replica) => replica.applied_seq,
      cell: (replica) =>
        replica.applied_seq < newest
          ? t("behind", {
              seq: format.number(replica.applied_seq),
              by: format.number(newest - replica.applied_seq),
            })
          : format.number(replica.applied_seq),
    },
  ];
  return (
    <DataTable
      label={t("replicas")}
      columns={columns}
      source={{ rows: system.replicas, error: null, refetch: () => undefined }}
      rowKey={(replica) => replica.id}
      empty={
        <Text size="sm" c="dimmed" p="md">
          {t("noReplicas")}
        </Text>
      }
    />
  );
}
