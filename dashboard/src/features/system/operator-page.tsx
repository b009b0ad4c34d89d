import { Alert, Button, Card, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { RotateCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { systemQuery, useReloadCatalogue } from "@/api/operator-queries";
import type { SystemResponse } from "@/api/types";
import { type Column, DataTable } from "@/components/data-table";
import { LiveMark } from "@/components/live-mark";
import { Loaded } from "@/components/loaded";
import classes from "@/components/operator.module.css";
import { PageHeader } from "@/components/page-header";
import { StatCard } from "@/components/stat-card";
import { StatusBadge } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { useNow } from "@/hooks/use-now";

export function OperatorSystemPage() {
  const { t } = useTranslation("operator");
  const system = useQuery(systemQuery);
  return (
    <>
      <PageHeader
        title={t("system.title")}
        description={t("system.description")}
        actions={<LiveMark at={system.dataUpdatedAt} isFailing={system.isRefetchError} />}
      />
      <Loaded query={system} height={140}>
        {(data) => <SystemView system={data} />}
      </Loaded>
    </>
  );
}

function SystemView({ system }: { system: SystemResponse }) {
  const { t } = useTranslation("operator");
  const format = useFormat();
  const now = useNow(5_000);
  const { queues, database, journal } = system;
  return (
    <>
      {journal.lost > 0 ? (
        <Alert color="red" icon={<TriangleAlert size={18} />} mb="md" title={t("system.lostTitle")}>
          {t("system.lostText", { count: journal.lost })}
        </Alert>
      ) : null}
      <div className={classes.stats}>
        <StatCard
          label={t("system.version")}
          value={system.version}
          detail={<span className={classes.mono}>{system.replica_id}</span>}
        />
        <StatCard
          label={t("system.uptime")}
          value={format.relative(system.started_at, now)}
          detail={format.date(system.started_at)}
        />
        <StatCard
          label={t("system.inFlight")}
          value={format.number(queues.requests_in_flight)}
          detail={t("system.connections", { count: queues.connections })}
        />
        <StatCard label={t("system.keysCached")} value={format.number(queues.keys_cached)} />
        <StatCard label={t("system.mails")} value={format.number(queues.mails_pending)} />
      </div>
      <div className={classes.halves}>
        <CatalogueCard system={system} />
        <FactCard title={t("system.storage")}>
          <Fact label={t("system.database")}>{database.engine}</Fact>
          <Fact label={t("system.size")}>{format.bytes(database.size_bytes)}</Fact>
          <Fact label={t("system.migration")}>{database.migration ?? "–"}</Fact>
        </FactCard>
        <JournalCard journal={journal} now={now} />
      </div>
      <h2 className={classes.heading} style={{ margin: "24px 0 10px" }}>
        {t("system.replicas")}
      </h2>
      <Replicas system={system} now={now} />
    </>
  );
}

function FactCard({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card padding="md" component="section" aria-label={title}>
      <h2 className={classes.heading} style={{ marginBottom: 10 }}>
        {title}
      </h2>
      <dl className={classes.facts}>{children}</dl>
    </Card>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function JournalCard({ journal, now }: { journal: SystemResponse["journal"]; now: number }) {
  const { t } = useTranslation("operator");
  const format = useFormat();
  return (
    <FactCard title={t("system.journal")}>
      <Fact label={t("system.pending")}>
        {t("system.pendingOf", {
          pending: format.number(journal.pending),
          max: format.number(journal.pending_max),
        })}
      </Fact>
      <Fact label={t("system.written")}>{format.number(journal.written)}</Fact>
      <Fact label={t("system.writtenAt")}>
        {journal.written_at ? (
          <time dateTime={journal.written_at} title={format.date(journal.written_at)}>
            {format.relative(journal.written_at, now)}
          </time>
        ) : (
          "–"
        )}
      </Fact>
      <Fact label={t("system.failures")}>{format.number(journal.failures)}</Fact>
      <Fact label={t("system.lost")}>{format.number(journal.lost)}</Fact>
    </FactCard>
  );
}

function CatalogueCard({ system }: { system: SystemResponse }) {
  const { t } = useTranslation("operator");
  const format = useFormat();
  const notify = useNotify();
  const reload = useReloadCatalogue();
  const { catalogue } = system;
  const warnings = catalogue.warnings ?? [];
  return (
    <Card padding="md" component="section" aria-label={t("system.catalogue")}>
      <Group justify="space-between" mb={10}>
        <h2 className={classes.heading}>{t("system.catalogue")}</h2>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<RotateCw size={13} />}
          loading={reload.isPending}
          onClick={() =>
            reload.mutate(undefined, {
              onSuccess: ({ models }) => notify.done(t("system.reloaded", { count: models })),
              onError: notify.failed,
            })
          }
        >
          {t("system.reload")}
        </Button>
      </Group>
      <dl className={classes.facts}>
        <Fact label={t("models.title")}>{format.number(catalogue.models)}</Fact>
        <Fact label={t("deployments.title")}>{format.number(catalogue.deployments)}</Fact>
        {catalogue.loaded_at ? (
          <Fact label={t("system.loaded")}>
            <time dateTime={catalogue.loaded_at} title={format.date(catalogue.loaded_at)}>
              {format.relative(catalogue.loaded_at)}
            </time>
          </Fact>
        ) : null}
      </dl>
      {warnings.length > 0 ? (
        <Alert color="amber" icon={<TriangleAlert size={16} />} mt="sm" title={t("system.warnings")}>
          <ul className={classes.consequences}>
            {warnings.map((warning) => (
              <li key={warning} className="yx-untrusted">
                {warning}
              </li>
            ))}
          </ul>
        </Alert>
      ) : (
        <Text size="xs" c="dimmed" mt="sm">
          {t("system.noWarnings")}
        </Text>
      )}
    </Card>
  );
}

type Replica = SystemResponse["replicas"][number];
const QUIET_MS = 30_000;

function Replicas({ system, now }: { system: SystemResponse; now: number }) {
  const { t } = useTranslation("operator");
  const format = useFormat();
  const newest = Math.max(0, ...system.replicas.map((replica) => replica.applied_seq));
  const columns: Column<Replica>[] = [
    {
      id: "id",
      header: t("system.replica"),
      isTitle: true,
      cell: (replica) => (
        <Group gap={8}>
          <span className={classes.mono}>{replica.id}</span>
          {replica.is_self ? <StatusBadge tone="info">{t("system.self")}</StatusBadge> : null}
        </Group>
      ),
    },
    {
      id: "renewed",
      header: t("system.lastSeen"),
      cell: (replica) => (
        <StatusBadge tone={now - Date.parse(replica.renewed_at) > QUIET_MS ? "warn" : "ok"}>
          {format.relative(replica.renewed_at, now)}
        </StatusBadge>
      ),
    },
    {
      id: "seq",
      header: t("system.applied"),
      align: "end",
      cell: (replica) =>
        replica.applied_seq < newest
          ? t("system.behind", {
              seq: format.number(replica.applied_seq),
              by: format.number(newest - replica.applied_seq),
            })
          : format.number(replica.applied_seq),
    },
  ];
  return (
    <DataTable
      label={t("system.replicas")}
      columns={columns}
      source={{ rows: system.replicas, error: null, refetch: () => undefined }}
      rowKey={(replica) => replica.id}
      empty={
        <Text size="sm" c="dimmed" p="md">
          {t("system.noReplicas")}
        </Text>
      }
    />
  );
}
