import { Button, Select, Text, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Users } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAccount, useMe } from "@/api/session";
import type { MemberResponse, Role } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { type Column, DataTable, plainSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import personClasses from "@/components/person.module.css";
import { StatusBadge } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { initial, personName } from "@/lib/person-name";
import { roleIncludes } from "@/lib/roles";
import { membersQuery, useChangeRole, useRemoveMember } from "./queries";

const ROLES: Role[] = ["viewer", "member", "admin", "owner"];

export function MembersTable({ invite }: { invite: ReactNode }) {
  const { t } = useTranslation("members");
  const account = useAccount();
  const members = useQuery(membersQuery(account.id));
  const columns = useColumns();
  return (
    <DataTable
      label={t("list")}
      columns={columns}
      source={plainSource(members)}
      rowKey={(member) => member.user_id}
      empty={<EmptyState icon={Users} title={t("empty")} text={t("emptyText")} action={invite} />}
    />
  );
}

function useColumns(): Column<MemberResponse>[] {
  const { t } = useTranslation("members");
  const format = useFormat();
  const { can } = useAccount();
  const isAdmin = can("admin");
  return useMemo(() => {
    const columns: Column<MemberResponse>[] = [
      {
        id: "person",
        header: t("person"),
        isTitle: true,
        sortBy: (member) => personName(member).toLowerCase(),
        cell: (member) => <Person member={member} />,
      },
      {
        id: "role",
        header: t("role"),
        width: 160,
        sortBy: (member) => ROLES.indexOf(member.role),
        cell: (member) => <RoleCell member={member} />,
      },
      {
        id: "two-factor",
        header: t("twoFactor"),
        sortBy: (member) => Number(member.has_two_factor),
        cell: (member) =>
          member.has_two_factor ? (
            <StatusBadge tone="ok">{t("twoFactorOn")}</StatusBadge>
          ) : (
            <StatusBadge tone="neutral">{t("twoFactorOff")}</StatusBadge>
          ),
      },
      {
        id: "joined",
        header: t("joined"),
        sortBy: (member) => member.joined_at,
        cell: (member) => <time dateTime={member.joined_at}>{format.date(member.joined_at, "date")}</time>,
      },
    ];
    if (isAdmin) {
      columns.push({
        id: "actions",
        header: t("actions"),
        isHeaderHidden: true,
        align: "end",
        cell: (member) => <RemoveButton member={member} />,
      });
    }
    return columns;
  }, [t, format, isAdmin]);
}

function Person({ member }: { member: MemberResponse }) {
  const { t } = useTranslation();
  const { user } = useMe();
  return (
    <div className={personClasses.person}>
      <span className={personClasses.avatar} aria-hidden>
        {initial(personName(member))}
      </span>
      <div style={{ minWidth: 0 }}>
        <Text size="sm" fw={500} className="yx-untrusted">
          {personName(member)}
          {member.user_id === user.id ? (
            <Text span size="xs" c="dimmed" fw={400}>
              {" "}
              ({t("you")})
            </Text>
          ) : null}
        </Text>
        {member.name.trim() ? (
          <Text size="xs" c="dimmed" className="yx-untrusted">
            {member.email}
          </Text>
        ) : null}
      </div>
    </div>
  );
}

/** Admins change roles up to admin; what concerns owners, only owners change. */
function RoleCell({ member }: { member: MemberResponse }) {
  const { t } = useTranslation(["members", "common"]);
  const { user } = useMe();
  const account = useAccount();
  const notify = useNotify();
  const change = useChangeRole(account.id);
  const [asked, setAsked] = useState<Role | null>(null);
  const isOwner = account.can("owner");
  const isSelf = member.user_id === user.id;

  if (!account.can("admin")) return <>{t(`common:roles.${member.role}`)}</>;
  if (member.role === "owner" && !isOwner) {
    return (
      <Tooltip label={t("ownersOnly")}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that the explanation opens by keyboard too */}
        <span tabIndex={0}>{t("common:roles.owner")}</span>
      </Tooltip>
    );
  }
  const apply = (role: Role) =>
    change
      .mutateAsync({ userId: member.user_id, role })
      .then(() =>
        notify.done(t("roleChanged", { name: personName(member), role: t(`common:roles.${role}`) })),
      );
  return (
    <>
      <Select
        size="xs"
        w={130}
        aria-label={t("roleOf", { name: personName(member) })}
        allowDeselect={false}
        disabled={change.isPending}
        data={ROLES.map((role) => ({
          value: role,
          label: t(`common:roles.${role}`),
          disabled: role === "owner" && !isOwner,
        }))}
        value={member.role}
        onChange={(value) => {
          const role = value as Role | null;
          if (role === null || role === member.role) return;
          if (isSelf && !roleIncludes(role, member.role)) setAsked(role);
          else apply(role).catch(notify.failed);
        }}
      />
      <ConfirmDialog
        isOpen={asked !== null}
        onClose={() => setAsked(null)}
        title={t("demoteTitle")}
        confirmLabel={t("demoteConfirm")}
        onConfirm={() => (asked === null ? Promise.resolve() : apply(asked))}
        isDangerous
      >
        <Text size="sm">{asked === null ? null : t("demoteText", { role: t(`common:roles.${asked}`) })}</Text>
      </ConfirmDialog>
    </>
  );
}

function RemoveButton({ member }: { member: MemberResponse }) {
  const { t } = useTranslation("members");
  const { user } = useMe();
  const account = useAccount();
  const notify = useNotify();
  const remove = useRemoveMember(account.id);
  const [isAsking, setIsAsking] = useState(false);
  const name = personName(member);
  // Oneself leaves on the account's page; an owner goes only by an owner's hand.
  if (member.user_id === user.id || (member.role === "owner" && !account.can("owner"))) return null;
  return (
    <>
      <Button
        variant="default"
        size="xs"
        aria-label={t("removeNamed", { name })}
        onClick={() => setIsAsking(true)}
      >
        {t("remove")}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={t("removeTitle", { name })}
        confirmLabel={t("remove")}
        onConfirm={async () => {
          await remove.mutateAsync(member.user_id);
          notify.done(t("removed", { name }));
        }}
        isDangerous
      >
        <Text size="sm">{t("removeText")}</Text>
      </ConfirmDialog>
    </>
  );
}
