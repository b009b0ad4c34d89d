import { Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Ticket } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import type { InviteResponse } from "@/api/types";
import { type Column, DataTable, plainSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { StatusBadge } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { useNow } from "@/hooks/use-now";
import { invitesQuery, useRevokeInvite } from "./queries";

export function InvitesTable() {
  const { t } = useTranslation("members");
  const account = useAccount();
  const invites = useQuery(invitesQuery(account.id));
  const now = useNow(60_000);
  const columns = useColumns(now);
  return (
    <DataTable
      label={t("invitesTitle")}
      columns={columns}
      source={plainSource(invites)}
      rowKey={(invite) => invite.id}
      isRowDimmed={(invite) => Date.parse(invite.expires_at) <= now}
      empty={
        <EmptyState icon={Ticket} title={t("invitesEmpty")} text={t("invitesEmptyText")} headingOrder={3} />
      }
    />
  );
}

function useColumns(now: number): Column<InviteResponse>[] {
  const { t } = useTranslation(["members", "common"]);
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: "email",
        header: t("invitee"),
        isTitle: true,
        sortBy: (invite) => invite.email,
        cell: (invite) => (
          <Text size="sm" fw={500} className="yx-untrusted">
            {invite.email}
          </Text>
        ),
      },
      {
        id: "role",
        header: t("role"),
        sortBy: (invite) => invite.role,
        cell: (invite) => t(`common:roles.${invite.role}`),
      },
      {
        id: "by",
        header: t("invitedBy"),
        sortBy: (invite) => invite.invited_by,
        cell: (invite) => <span className="yx-untrusted">{invite.invited_by}</span>,
      },
      {
        id: "expires",
        header: t("expires"),
        sortBy: (invite) => Date.parse(invite.expires_at),
        cell: (invite) =>
          Date.parse(invite.expires_at) <= now ? (
            <StatusBadge tone="neutral">{t("expired")}</StatusBadge>
          ) : (
            <time dateTime={invite.expires_at} title={format.date(invite.expires_at)}>
              {format.relative(invite.expires_at, now)}
            </time>
          ),
      },
      {
        id: "actions",
        header: t("actions"),
        isHeaderHidden: true,
        align: "end",
        cell: (invite) => <WithdrawButton invite={invite} />,
      },
    ],
    [t, format, now],
  );
}

function WithdrawButton({ invite }: { invite: InviteResponse }) {
  const { t } = useTranslation("members");
  const account = useAccount();
  const notify = useNotify();
  const revoke = useRevokeInvite(account.id);
  return (
    <Button
      variant="default"
      size="xs"
      loading={revoke.isPending}
      aria-label={t("withdrawNamed", { email: invite.email })}
      onClick={() =>
        revoke.mutate(invite.id, {
          onSuccess: () => notify.done(t("withdrawn", { email: invite.email })),
          onError: notify.failed,
        })
      }
    >
      {t("withdraw")}
    </Button>
  );
}
