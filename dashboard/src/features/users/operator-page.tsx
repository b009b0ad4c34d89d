import { ActionIcon, Alert, Button, Group, Menu, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import {
  Ellipsis,
  KeyRound,
  SearchX,
  ShieldCheck,
  ShieldOff,
  UserCheck,
  UserPlus,
  Users,
  UserX,
} from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import type { AdminUserResponse, LinkResponse } from "@/api/types";
import { type Column, DataTable, pagedSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { FilterBar } from "@/components/filter-bar";
import { PageHeader } from "@/components/page-header";
import { StatusBadge } from "@/components/status-badge";
import textClasses from "@/components/text.module.css";
import { authOptionsQuery } from "@/features/auth/queries";
import { useFormat } from "@/hooks/use-format";
import { useSearchState } from "@/hooks/use-search-state";
import { type UserAction, UserActionDialog } from "./action-dialog";
import { LinkDialog } from "./link-dialog";
import { usersQuery } from "./queries";
import { SignUpInviteDialog } from "./sign-up-invite-dialog";
import { SignUpInvites } from "./sign-up-invites";

interface Pending {
  user: AdminUserResponse;
  action: UserAction;
}

export function OperatorUsersPage() {
  const { t } = useTranslation(["users", "common"]);
  const [search] = useSearchState();
  const users = useInfiniteQuery(usersQuery({ query: search.query }));
  const signUp = useQuery(authOptionsQuery).data?.sign_up;
  const [isInviting, invite] = useDisclosure(false);
  const [pending, setPending] = useState<Pending | null>(null);
  const [reset, setReset] = useState<{ link: LinkResponse; email: string } | null>(null);
  const columns = useColumns((user, action) => setPending({ user, action }));
  const inviteButton = (
    <Button leftSection={<UserPlus size={16} />} onClick={invite.open}>
      {t("invite")}
    </Button>
  );
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} actions={inviteButton} />
      {signUp ? (
        <Alert color="gray" mb="md" p="sm">
          {t(`signUp.${signUp}`)}
        </Alert>
      ) : null}
      <FilterBar filters={[]} query={{ name: "query", label: t("search") }} />
      <DataTable
        label={t("title")}
        columns={columns}
        source={pagedSource(users)}
        rowKey={(user) => user.id}
        isRowDimmed={(user) => user.status === "disabled"}
        empty={
          search.query ? (
            <EmptyState icon={SearchX} title={t("common:noMatch.title")} text={t("common:noMatch.text")} />
          ) : (
            <EmptyState icon={Users} title={t("empty")} text={t("emptyText")} action={inviteButton} />
          )
        }
      />
      <SignUpInvites />
      <SignUpInviteDialog isOpen={isInviting} onClose={invite.close} />
      <UserActionDialog
        pending={pending}
        onClose={() => setPending(null)}
        onLink={(link, user) => setReset({ link, email: user.email })}
      />
      <LinkDialog link={reset?.link ?? null} title={t("resetTitle")} onClose={() => setReset(null)}>
        {t("resetText", { email: reset?.email })}
      </LinkDialog>
    </>
  );
}

function useColumns(
  onAction: (user: AdminUserResponse, action: UserAction) => void,
): Column<AdminUserResponse>[] {
  const { t } = useTranslation(["users", "accounts", "common"]);
  const { t: common } = useTranslation();
  const format = useFormat();
  const me = useMe();
  return useMemo(
    () => [
      {
        id: "user",
        header: t("user"),
        isTitle: true,
        sortBy: (user) => user.name || user.email,
        cell: (user) => (
          <div>
            <Group gap={6}>
              <span className={`${textClasses.strong} yx-untrusted`}>{user.name || user.email}</span>
              {user.id === me.user.id ? (
                <Text span size="xs" c="dimmed">
                  {t("you")}
                </Text>
              ) : null}
              {user.is_operator ? <StatusBadge tone="info">{t("operator")}</StatusBadge> : null}
            </Group>
            {user.name ? <span className={textClasses.sub}>{user.email}</span> : null}
          </div>
        ),
      },
      {
        id: "status",
        header: t("accounts:list.status"),
        sortBy: (user) => user.status,
        cell: (user) => (
          <StatusBadge tone={user.status === "active" ? "ok" : "bad"}>
            {t(`status.${user.status}`)}
          </StatusBadge>
        ),
      },
      {
        id: "two_factor",
        header: t("twoFactor"),
        sortBy: (user) => Number(user.has_two_factor),
        cell: (user) =>
          user.has_two_factor ? (
            <StatusBadge tone="ok">{t("on")}</StatusBadge>
          ) : (
            <StatusBadge tone={user.is_operator ? "warn" : "neutral"}>{t("off")}</StatusBadge>
          ),
      },
      {
        id: "last",
        header: t("lastSignIn"),
        align: "end",
        sortBy: (user) => (user.last_signed_in_at ? Date.parse(user.last_signed_in_at) : null),
        cell: (user) =>
          user.last_signed_in_at ? (
            <time dateTime={user.last_signed_in_at} title={format.date(user.last_signed_in_at)}>
              {format.relative(user.last_signed_in_at)}
            </time>
          ) : (
            <Text span c="dimmed" size="sm">
              {common("never")}
            </Text>
          ),
      },
      {
        id: "created",
        header: t("accounts:list.created"),
        align: "end",
        sortBy: (user) => Date.parse(user.created_at),
        cell: (user) => format.date(user.created_at, "date"),
      },
      {
        id: "actions",
        header: t("common:actions"),
        isHeaderHidden: true,
        width: 1,
        cell: (user) => (
          <UserMenu user={user} isMe={user.id === me.user.id} onAction={(action) => onAction(user, action)} />
        ),
      },
    ],
    [t, common, format, me.user.id, onAction],
  );
}

interface UserMenuProps {
  user: AdminUserResponse;
  isMe: boolean;
  onAction: (action: UserAction) => void;
}

function UserMenu({ user, isMe, onAction }: UserMenuProps) {
  const { t } = useTranslation("users");
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon aria-label={t("actionsOf", { name: user.name || user.email })}>
          <Ellipsis size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<KeyRound size={15} />} onClick={() => onAction("reset")}>
          {t("reset.label")}
        </Menu.Item>
        {user.is_operator ? (
          <Menu.Item leftSection={<ShieldOff size={15} />} onClick={() => onAction("demote")}>
            {t("demote.label")}
          </Menu.Item>
        ) : (
          <Menu.Item leftSection={<ShieldCheck size={15} />} onClick={() => onAction("promote")}>
            {t("promote.label")}
          </Menu.Item>
        )}
        <Menu.Divider />
        {user.status === "active" ? (
          <Menu.Item
            color="var(--yx-bad)"
            leftSection={<UserX size={15} />}
            disabled={isMe}
            onClick={() => onAction("disable")}
          >
            {isMe ? t("disable.notSelf") : t("disable.label")}
          </Menu.Item>
        ) : (
          <Menu.Item leftSection={<UserCheck size={15} />} onClick={() => onAction("enable")}>
            {t("enable.label")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
