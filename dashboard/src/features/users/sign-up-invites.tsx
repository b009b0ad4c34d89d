import { Button, Group, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { InviteResponse, LinkResponse } from "@/api/types";
import { type Column, DataTable, plainSource } from "@/components/data-table";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { LinkDialog } from "./link-dialog";
import { signUpInvitesQuery, useCreateSignUpInvite, useRevokeSignUpInvite } from "./queries";

interface SentAgain {
  link: LinkResponse;
  email: string;
}

/** Invites to sign up that nobody has accepted: sent again, or withdrawn. */
export function SignUpInvites() {
  const { t } = useTranslation("users");
  const invites = useQuery(signUpInvitesQuery);
  const [again, setAgain] = useState<SentAgain | null>(null);
  const columns = useColumns(setAgain);
  // The dialog outlives the row: a new invite takes its place.
  const dialog = (
    <LinkDialog link={again?.link ?? null} title={t("inviteTitle")} onClose={() => setAgain(null)}>
      {t("inviteLink", { email: again?.email })}
    </LinkDialog>
  );
  if (!invites.data || invites.data.length === 0) return dialog;
  return (
    <section aria-labelledby="sign-up-invites" style={{ marginTop: "1.5rem" }}>
      <Title order={2} size="h3" id="sign-up-invites" mb="sm">
        {t("openInvites.title")}
      </Title>
      <DataTable
        label={t("openInvites.title")}
        columns={columns}
        source={plainSource(invites)}
        rowKey={(invite) => invite.id}
        empty={null}
      />
      {dialog}
    </section>
  );
}

function useColumns(onAgain: (again: SentAgain) => void): Column<InviteResponse>[] {
  const { t } = useTranslation("users");
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: "email",
        header: t("email"),
        isTitle: true,
        cell: (invite) => (
          <Text size="sm" fw={500} className="yx-untrusted">
            {invite.email}
          </Text>
        ),
      },
      {
        id: "by",
        header: t("openInvites.by"),
        cell: (invite) => <span className="yx-untrusted">{invite.invited_by}</span>,
      },
      {
        id: "expires",
        header: t("openInvites.expires"),
        cell: (invite) => (
          <time dateTime={invite.expires_at} title={format.date(invite.expires_at)}>
            {format.relative(invite.expires_at)}
          </time>
        ),
      },
      {
        id: "actions",
        header: t("openInvites.actions"),
        isHeaderHidden: true,
        align: "end",
        cell: (invite) => <InviteButtons invite={invite} onAgain={onAgain} />,
      },
    ],
    [t, format, onAgain],
  );
}

interface InviteButtonsProps {
  invite: InviteResponse;
  onAgain: (again: SentAgain) => void;
}

function InviteButtons({ invite, onAgain }: InviteButtonsProps) {
  const { t } = useTranslation("users");
  const notify = useNotify();
  const create = useCreateSignUpInvite();
  const revoke = useRevokeSignUpInvite();
  const { email } = invite;
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      <Button
        variant="default"
        size="xs"
        loading={create.isPending}
        aria-label={t("openInvites.againNamed", { email })}
        onClick={() =>
          create.mutate(email, { onSuccess: (link) => onAgain({ link, email }), onError: notify.failed })
        }
      >
        {t("openInvites.again")}
      </Button>
      <Button
        variant="default"
        size="xs"
        loading={revoke.isPending}
        aria-label={t("openInvites.withdrawNamed", { email })}
        onClick={() =>
          revoke.mutate(invite.id, {
            onSuccess: () => notify.done(t("openInvites.withdrawn", { email })),
            onError: notify.failed,
          })
        }
      >
        {t("openInvites.withdraw")}
      </Button>
    </Group>
  );
}
