import { Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Ticket } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import { invitesQuery, useRevokeInvite } from "@/api/settings-queries";
import type { InviteResponse } from "@/api/types";
import { type Column, DataTable, plainSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { StatusBadge } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { useNow } from "@/hooks/use-now";

export function InvitesTable() {
  const { t } = useTranslation("settings");
  const account = useAccount();
  const invites = useQuery(invitesQuery(account.id));
  const now = useNow(60_000);
  const columns = useColumns(now);
  return (
    <DataTable
      label={t("members.invitesTitle")}
      columns={columns}
      source={plainSource(invites)}
      rowKey={(invite) => invite.id}
      isRowDimmed={(invite) => Date.parse(invite.expires_at) <= now}
      empty={
        <EmptyState
          icon={Ticket}
          title={t("members.invitesEmpty")}
          text={t("members.invitesEmptyText")}
          headingOrder={3}
        />
      }
    />
  );
}

function useColumns(now: number): Column<InviteResponse>[] {
  const { t } = useTranslation(["settings", "common"]);
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: "email",
        header: t("members.invitee"),
        isTitle: true,
        cell: (invite) => (
          <Text size="sm" fw={500} className="yx-untrusted">
            {invite.email}
          </Text>
        ),
      },
      {
        id: "role",
        header: t("members.role"),
        cell: (invite) => t(`common:roles.${invite.role}`),
      },
      {
        id: "by",
        header: t("members.invitedBy"),
        cell: (invite) => <span className="yx-untrusted">{invite.invited_by}</span>,
      },
      {
        id: "expires",
        header: t("members.expires"),
        cell: (invite) =>
          Date.parse(invite.expires_at) <= now ? (
            <StatusBadge tone="neutral">{t("members.expired")}</StatusBadge>
          ) : (
            <time dateTime={invite.expires_at} title={format.date(invite.expires_at)}>
              {format.relative(invite.expires_at, now)}
            </time>
          ),
      },
      {
        id: "actions",
        header: t("members.actions"),
        isHeaderHidden: true,
        align: "end",
        cell: (invite) => <WithdrawButton invite={invite} />,
      },
    ],
    [t, format, now],
  );
}

function WithdrawButton({ invite }: { invite: InviteResponse }) {
  const { t } = useTranslation("settings");
  const account = useAccount();
  const notify = useNotify();
  const revoke = useRevokeInvite(account.id);
  return (
    <Button
      variant="default"
      size="xs"
      loading={revoke.isPending}
      aria-label={t("members.withdrawNamed", { email: invite.email })}
      onClick={() =>
        revoke.mutate(invite.id, {
          onSuccess: () => notify.done(t("members.withdrawn", { email: invite.email })),
          onError: notify.failed,
        })
      }
    >
      {t("members.withdraw")}
    </Button>
  );
}
