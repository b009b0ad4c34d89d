import { Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Laptop, LogOut, Smartphone, Terminal } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SessionResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { type Column, DataTable, plainSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { PageHeader } from "@/components/page-header";
import personClasses from "@/components/person.module.css";
import { StatusBadge } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { describeAgent } from "@/lib/client-agent";
import { sessionsQuery, useEndOtherSessions, useEndSession } from "./queries";
import classes from "./sessions.module.css";

const ICONS = { desktop: Laptop, mobile: Smartphone, program: Terminal };

export function SessionsPage() {
  const { t } = useTranslation("sessions");
  const notify = useNotify();
  const sessions = useQuery(sessionsQuery);
  const endOthers = useEndOtherSessions();
  const [isAsking, setIsAsking] = useState(false);
  const columns = useColumns();
  const hasOthers = sessions.data?.some((session) => !session.is_current) ?? false;
  const source = plainSource(sessions);
  const rows = source.rows && [...source.rows].sort((a, b) => Number(b.is_current) - Number(a.is_current));

  return (
    <>
      <PageHeader
        title={t("title")}
        description={t("text")}
        actions={
          hasOthers ? (
            <Button
              variant="default"
              leftSection={<LogOut size={15} aria-hidden />}
              onClick={() => setIsAsking(true)}
            >
              {t("endOthers")}
            </Button>
          ) : null
        }
      />
      <DataTable
        label={t("list")}
        columns={columns}
        source={{ ...source, rows }}
        rowKey={(session) => session.id}
        empty={<EmptyState icon={Laptop} title={t("onlyThis")} />}
      />
      {sessions.data && !hasOthers ? (
        <Text size="sm" c="dimmed" mt="sm">
          {t("onlyThis")}
        </Text>
      ) : null}
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={t("endOthersTitle")}
        confirmLabel={t("endOthers")}
        onConfirm={async () => {
          await endOthers.mutateAsync(undefined);
          notify.done(t("othersEnded"));
        }}
        isDangerous
      >
        <Text size="sm">{t("endOthersText")}</Text>
      </ConfirmDialog>
    </>
  );
}

function useDeviceName() {
  const { t } = useTranslation("sessions");
  return (session: SessionResponse) => {
    const agent = describeAgent(session.agent);
    if (agent === null) return t("unknownDevice");
    return agent.system === null ? agent.name : t("on", { browser: agent.name, system: agent.system });
  };
}

function useColumns(): Column<SessionResponse>[] {
  const { t } = useTranslation("sessions");
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: "device",
        header: t("device"),
        isTitle: true,
        sortBy: (session) => session.agent,
        cell: (session) => <Device session={session} />,
      },
      {
        id: "address",
        header: t("address"),
        sortBy: (session) => session.address,
        cell: (session) => (
          <Text span size="xs" ff="monospace" className="yx-untrusted">
            {session.address}
          </Text>
        ),
      },
      {
        id: "last-seen",
        header: t("lastSeen"),
        sortBy: (session) => Date.parse(session.last_seen_at),
        cell: (session) => (
          <time dateTime={session.last_seen_at} title={format.date(session.last_seen_at)}>
            {format.relative(session.last_seen_at)}
          </time>
        ),
      },
      {
        id: "signed-in",
        header: t("signedIn"),
        sortBy: (session) => Date.parse(session.created_at),
        cell: (session) => (
          <time dateTime={session.created_at}>{format.date(session.created_at, "date")}</time>
        ),
      },
      {
        id: "expires",
        header: t("expires"),
        sortBy: (session) => Date.parse(session.expires_at),
        cell: (session) => (
          <time dateTime={session.expires_at} title={format.date(session.expires_at)}>
            {format.relative(session.expires_at)}
          </time>
        ),
      },
      {
        id: "actions",
        header: t("actions"),
        isHeaderHidden: true,
        align: "end",
        cell: (session) => (session.is_current ? null : <EndButton session={session} />),
      },
    ],
    [t, format],
  );
}

function Device({ session }: { session: SessionResponse }) {
  const { t } = useTranslation("sessions");
  const deviceName = useDeviceName();
  const Icon = ICONS[describeAgent(session.agent)?.kind ?? "program"];
  return (
    <div className={personClasses.person}>
      <span className={personClasses.avatar} data-square aria-hidden>
        <Icon size={16} strokeWidth={1.8} />
      </span>
      <div>
        <Text size="sm" fw={500} className={`${classes.device} yx-untrusted`} title={session.agent}>
          {deviceName(session)}
        </Text>
        {session.is_current ? <StatusBadge tone="ok">{t("current")}</StatusBadge> : null}
      </div>
    </div>
  );
}

function EndButton({ session }: { session: SessionResponse }) {
  const { t } = useTranslation("sessions");
  const notify = useNotify();
  const deviceName = useDeviceName();
  const end = useEndSession();
  return (
    <Button
      variant="default"
      size="xs"
      loading={end.isPending}
      aria-label={t("endNamed", { device: deviceName(session) })}
      onClick={() =>
        end.mutate(session.id, {
          onSuccess: () => notify.done(t("ended")),
          onError: notify.failed,
        })
      }
    >
      {t("end")}
    </Button>
  );
}
