import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { managementKeysQuery, useRevokeManagementKey } from "@/api/operator-queries";
import type { ManagementKeyResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { type Column, DataTable, pagedSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import classes from "@/components/operator.module.css";
import { PageHeader } from "@/components/page-header";
import { SecretDialog } from "@/components/secret-dialog";
import { StatusBadge } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { ManagementKeyDialog } from "./operator-create-dialog";

export function OperatorManagementKeysPage() {
  const { t } = useTranslation("operator");
  const notify = useNotify();
  const keys = useInfiniteQuery(managementKeysQuery);
  const revoke = useRevokeManagementKey();
  const [isCreating, create] = useDisclosure(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [revoking, setRevoking] = useState<ManagementKeyResponse | null>(null);
  const columns = useColumns(setRevoking);
  const createButton = (
    <Button leftSection={<Plus size={16} />} onClick={create.open}>
      {t("managementKeys.create")}
    </Button>
  );
  return (
    <>
      <PageHeader
        title={t("managementKeys.title")}
        description={t("managementKeys.description")}
        actions={createButton}
      />
      <DataTable
        label={t("managementKeys.title")}
        columns={columns}
        source={pagedSource(keys)}
        rowKey={(key) => key.id}
        isRowDimmed={(key) => stateOf(key, Date.now()) !== "active"}
        empty={
          <EmptyState
            icon={KeyRound}
            title={t("managementKeys.empty")}
            text={t("managementKeys.emptyText")}
            action={createButton}
          />
        }
      />
      <ManagementKeyDialog isOpen={isCreating} onClose={create.close} onSecret={setSecret} />
      <SecretDialog secret={secret} title={t("managementKeys.created")} onClose={() => setSecret(null)}>
        <Text size="sm" c="dimmed">
          {t("managementKeys.use")}
        </Text>
      </SecretDialog>
      {revoking ? (
        <ConfirmDialog
          isOpen
          onClose={() => setRevoking(null)}
          title={t("managementKeys.revokeTitle", { name: revoking.name })}
          confirmLabel={t("managementKeys.revoke")}
          isDangerous
          typed={revoking.name}
          onConfirm={async () => {
            await revoke.mutateAsync(revoking.id);
            notify.done(t("managementKeys.revoked", { name: revoking.name }));
          }}
        >
          <Text size="sm">{t("managementKeys.revokeText")}</Text>
        </ConfirmDialog>
      ) : null}
    </>
  );
}

function stateOf(key: ManagementKeyResponse, now: number): "active" | "expired" | "revoked" {
  if (key.revoked_at !== null) return "revoked";
  return key.expires_at !== null && Date.parse(key.expires_at) <= now ? "expired" : "active";
}

const TONES = { active: "ok", expired: "neutral", revoked: "bad" } as const;

function useColumns(onRevoke: (key: ManagementKeyResponse) => void): Column<ManagementKeyResponse>[] {
  const { t } = useTranslation("operator");
  const { t: common } = useTranslation();
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: "name",
        header: t("managementKeys.name"),
        isTitle: true,
        cell: (key) => (
          <div>
            <span className={`${classes.strong} yx-untrusted`}>{key.name}</span>
            <span className={`${classes.sub} ${classes.mono}`}>{key.hint}</span>
          </div>
        ),
      },
      {
        id: "state",
        header: t("accounts.status"),
        cell: (key) => {
          const state = stateOf(key, Date.now());
          return <StatusBadge tone={TONES[state]}>{t(`managementKeys.states.${state}`)}</StatusBadge>;
        },
      },
      {
        id: "scopes",
        header: t("managementKeys.scopes"),
        cell: (key) => (
          <span className={classes.chips}>
            {key.scopes.map((scope) => (
              <span key={scope} className={classes.chip}>
                {scope}
              </span>
            ))}
          </span>
        ),
      },
      {
        id: "used",
        header: t("managementKeys.lastUsed"),
        align: "end",
        cell: (key) => (key.last_used_at ? format.relative(key.last_used_at) : common("never")),
      },
      {
        id: "expires",
        header: t("managementKeys.expires"),
        align: "end",
        cell: (key) => (key.expires_at ? format.date(key.expires_at, "date") : common("never")),
      },
      {
        id: "created",
        header: t("accounts.created"),
        align: "end",
        cell: (key) => format.date(key.created_at, "date"),
      },
      {
        id: "actions",
        header: t("actions"),
        isHeaderHidden: true,
        width: 1,
        cell: (key) =>
          key.revoked_at === null ? (
            <Button
              size="compact-xs"
              variant="subtle"
              color="red"
              onClick={() => onRevoke(key)}
              aria-label={t("managementKeys.revokeNamed", { name: key.name })}
            >
              {t("managementKeys.revokeShort")}
            </Button>
          ) : null,
      },
    ],
    [t, common, format, onRevoke],
  );
}
