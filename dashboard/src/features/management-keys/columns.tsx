import { Button, Group, Text, Tooltip } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import { useRevokeManagementKey } from "@/api/settings-queries";
import type { ManagementKeyResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import type { Column } from "@/components/data-table";
import classes from "@/components/settings.module.css";
import { StatusBadge } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";

const SCOPES_SHOWN = 3;

export function isUsable(key: ManagementKeyResponse, now: number): boolean {
  return key.revoked_at === null && (key.expires_at === null || Date.parse(key.expires_at) > now);
}

export function useManagementKeyColumns(now: number): Column<ManagementKeyResponse>[] {
  const { t } = useTranslation(["settings", "common"]);
  const format = useFormat();
  const { can } = useAccount();
  const isOwner = can("owner");
  return useMemo(() => {
    const columns: Column<ManagementKeyResponse>[] = [
      {
        id: "name",
        header: t("managementKeys.name"),
        isTitle: true,
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
        header: t("managementKeys.scopes"),
        cell: (key) => <Scopes scopes={key.scopes} />,
      },
      {
        id: "last-used",
        header: t("managementKeys.lastUsed"),
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
        header: t("managementKeys.createdBy"),
        cell: (key) => (
          <div>
            <Text size="sm" className="yx-untrusted">
              {key.created_by}
            </Text>
            <Text size="xs" c="dimmed">
              <time dateTime={key.created_at}>{format.date(key.created_at, "date")}</time>
            </Text>
          </div>
        ),
      },
      {
        id: "expires",
        header: t("managementKeys.expires"),
        cell: (key) => <End managementKey={key} now={now} />,
      },
    ];
    if (isOwner) {
      columns.push({
        id: "actions",
        header: t("managementKeys.actions"),
        isHeaderHidden: true,
        align: "end",
        cell: (key) => (isUsable(key, now) ? <RevokeButton managementKey={key} /> : null),
      });
    }
    return columns;
  }, [t, format, now, isOwner]);
}

function Scopes({ scopes }: { scopes: string[] }) {
  const { t } = useTranslation("settings");
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
            {t("managementKeys.scopesMore", { count: hidden.length })}
          </span>
        </Tooltip>
      ) : null}
    </Group>
  );
}

function End({ managementKey, now }: { managementKey: ManagementKeyResponse; now: number }) {
  const { t } = useTranslation(["settings", "common"]);
  const format = useFormat();
  if (managementKey.revoked_at !== null) {
    return (
      <span title={format.date(managementKey.revoked_at)}>
        <StatusBadge tone="bad">{t("managementKeys.revoked")}</StatusBadge>
      </span>
    );
  }
  if (managementKey.expires_at === null) return <>{t("managementKeys.expiry.never")}</>;
  if (!isUsable(managementKey, now)) {
    return <StatusBadge tone="neutral">{t("managementKeys.expired")}</StatusBadge>;
  }
  return (
    <time dateTime={managementKey.expires_at} title={format.date(managementKey.expires_at)}>
      {format.relative(managementKey.expires_at, now)}
    </time>
  );
}

function RevokeButton({ managementKey }: { managementKey: ManagementKeyResponse }) {
  const { t } = useTranslation("settings");
  const account = useAccount();
  const notify = useNotify();
  const revoke = useRevokeManagementKey(account.id);
  const [isAsking, setIsAsking] = useState(false);
  const { name } = managementKey;
  return (
    <>
      <Button
        variant="default"
        size="xs"
        aria-label={t("managementKeys.revokeNamed", { name })}
        onClick={() => setIsAsking(true)}
      >
        {t("managementKeys.revoke")}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={t("managementKeys.revokeTitle", { name })}
        confirmLabel={t("managementKeys.revoke")}
        onConfirm={async () => {
          await revoke.mutateAsync(managementKey.id);
          notify.done(t("managementKeys.revokeDone", { name }));
        }}
        typed={name}
        isDangerous
      >
        <Text size="sm">{t("managementKeys.revokeText")}</Text>
      </ConfirmDialog>
    </>
  );
}
