import { Button, Group, Text, Tooltip } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Audience } from "@/api/audience";
import type { ManagementKeyResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import type { Column } from "@/components/data-table";
import { StatusBadge } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import classes from "./management-keys.module.css";
import { useRevokeManagementKey } from "./queries";
import { useUserName } from "./use-user-name";

const SCOPES_SHOWN = 3;

export function isUsable(key: ManagementKeyResponse, now: number): boolean {
  return key.revoked_at === null && (key.expires_at === null || Date.parse(key.expires_at) > now);
}

export function useManagementKeyColumns(
  audience: Audience,
  now: number,
  canWrite: boolean,
): Column<ManagementKeyResponse>[] {
  const { t } = useTranslation(["management-keys", "common"]);
  const format = useFormat();
  const userName = useUserName(audience);
  return useMemo(() => {
    const columns: Column<ManagementKeyResponse>[] = [
      {
        id: "name",
        header: t("name"),
        isTitle: true,
        sortBy: (key) => key.name,
        cell: (key) => (
          <div>
            <Text size="sm" fw={500} className="yx-untrusted">
              {key.name}
            </Text>
            <Text size="xs" c="dimmed" ff="monospace" className="yx-untrusted">
              {key.hint}
            </Text>
          </div>
        ),
      },
      {
        id: "scopes",
        header: t("scopes"),
        sortBy: (key) => key.scopes.length,
        cell: (key) => <Scopes scopes={key.scopes} />,
      },
      {
        id: "last-used",
        header: t("lastUsed"),
        sortBy: (key) => (key.last_used_at === null ? null : Date.parse(key.last_used_at)),
        cell: (key) =>
          key.last_used_at === null ? (
            <Text span size="sm" c="dimmed">
              {t("common:never")}
            </Text>
          ) : (
            <time dateTime={key.last_used_at} title={format.date(key.last_used_at)}>
              {format.relative(key.last_used_at, now)}
            </time>
          ),
      },
      {
        id: "created",
        header: t("createdBy"),
        sortBy: (key) => Date.parse(key.created_at),
        cell: (key) => (
          <div>
            <Text size="sm" className="yx-untrusted">
              {userName(key.created_by)}
            </Text>
            <Text size="xs" c="dimmed">
              <time dateTime={key.created_at}>{format.date(key.created_at, "date")}</time>
            </Text>
          </div>
        ),
      },
      {
        id: "expires",
        header: t("expires"),
        sortBy: (key) => (key.expires_at ? Date.parse(key.expires_at) : null),
        cell: (key) => <End managementKey={key} now={now} />,
      },
    ];
    if (canWrite) {
      columns.push({
        id: "actions",
        header: t("actions"),
        isHeaderHidden: true,
        align: "end",
        cell: (key) => (isUsable(key, now) ? <RevokeButton audience={audience} managementKey={key} /> : null),
      });
    }
    return columns;
  }, [t, format, audience, now, canWrite, userName]);
}

function Scopes({ scopes }: { scopes: string[] }) {
  const { t } = useTranslation("management-keys");
  const hidden = scopes.slice(SCOPES_SHOWN);
  return (
    <Group gap={4} maw={230} justify="flex-start">
      {scopes.slice(0, SCOPES_SHOWN).map((scope) => (
        <span key={scope} className={classes.scope}>
          {scope}
        </span>
      ))}
      {hidden.length > 0 ? (
        <Tooltip label={hidden.join(", ")} multiline maw={260}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that the rest opens by keyboard too */}
          <span className={classes.scope} tabIndex={0}>
            {t("scopesMore", { count: hidden.length })}
          </span>
        </Tooltip>
      ) : null}
    </Group>
  );
}

function End({ managementKey, now }: { managementKey: ManagementKeyResponse; now: number }) {
  const { t } = useTranslation(["management-keys", "common"]);
  const format = useFormat();
  if (managementKey.revoked_at !== null) {
    return (
      <span title={format.date(managementKey.revoked_at)}>
        <StatusBadge tone="bad">{t("revoked")}</StatusBadge>
      </span>
    );
  }
  if (managementKey.expires_at === null) return <>{t("expiry.never")}</>;
  if (!isUsable(managementKey, now)) {
    return <StatusBadge tone="neutral">{t("expired")}</StatusBadge>;
  }
  return (
    <time dateTime={managementKey.expires_at} title={format.date(managementKey.expires_at)}>
      {format.relative(managementKey.expires_at, now)}
    </time>
  );
}

function RevokeButton({
  audience,
  managementKey,
}: {
  audience: Audience;
  managementKey: ManagementKeyResponse;
}) {
  const { t } = useTranslation("management-keys");
  const notify = useNotify();
  const revoke = useRevokeManagementKey(audience);
  const [isAsking, setIsAsking] = useState(false);
  const { name } = managementKey;
  return (
    <>
      <Button
        variant="default"
        size="xs"
        aria-label={t("revokeNamed", { name })}
        onClick={() => setIsAsking(true)}
      >
        {t("revoke")}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={t("revokeTitle", { name })}
        confirmLabel={t("revoke")}
        onConfirm={async () => {
          await revoke.mutateAsync(managementKey.id);
          notify.done(t("revokeDone", { name }));
        }}
        typed={name}
        isDangerous
      >
        <Text size="sm">{t("revokeText")}</Text>
      </ConfirmDialog>
    </>
  );
}
