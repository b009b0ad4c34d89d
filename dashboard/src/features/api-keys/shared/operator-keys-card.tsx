import { Button, Card, Group, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { OperatorKeyResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { type Column, DataTable, plainSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { AnchorLink } from "@/components/links/anchor-link";
import { StatusBadge } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { operatorKeysQuery, useOperatorRelease, useOperatorRevoke } from "./operator-queries";

/** The keys of a customer, which an operator may revoke and release. */
export function OperatorKeysCard({ accountId }: { accountId: string }) {
  const { t } = useTranslation("api-keys");
  const keys = useQuery(operatorKeysQuery(accountId));
  const [revoking, setRevoking] = useState<OperatorKeyResponse | null>(null);
  const columns = useColumns(setRevoking);
  return (
    <Card padding="md">
      <Title order={2} size="h3" mb="sm">
        {t("title")}
      </Title>
      <DataTable
        label={t("title")}
        columns={columns}
        source={plainSource(keys)}
        rowKey={(key) => key.id}
        isRowDimmed={(key) => key.revoked_at !== null}
        empty={<EmptyState icon={KeyRound} title={t("operatorKeys.empty")} headingOrder={3} />}
      />
      <RevokeDialog apiKey={revoking} onClose={() => setRevoking(null)} />
    </Card>
  );
}

function useColumns(onRevoke: (key: OperatorKeyResponse) => void): Column<OperatorKeyResponse>[] {
  const { t } = useTranslation("api-keys");
  const { t: common } = useTranslation();
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: "name",
        header: t("column.name"),
        isTitle: true,
        cell: (key) => (
          <div>
            <AnchorLink
              to="/a/$accountId/api-keys/$apiKeyId"
              params={{ accountId: key.account_id, apiKeyId: key.id }}
              size="sm"
              className="yx-untrusted"
            >
              {key.name || t("unnamed")}
            </AnchorLink>
            <Text span size="xs" c="dimmed" display="block" ff="monospace">
              {key.hint}
            </Text>
          </div>
        ),
      },
      { id: "status", header: t("column.status"), cell: (key) => <KeyState apiKey={key} /> },
      {
        id: "lastUsed",
        header: t("column.lastUsed"),
        cell: (key) => (key.last_used_at === null ? common("never") : format.relative(key.last_used_at)),
      },
      {
        id: "actions",
        header: t("column.actions"),
        isHeaderHidden: true,
        align: "end",
        cell: (key) => <KeyButtons apiKey={key} onRevoke={() => onRevoke(key)} />,
      },
    ],
    [t, common, format, onRevoke],
  );
}

function KeyState({ apiKey }: { apiKey: OperatorKeyResponse }) {
  const { t } = useTranslation("api-keys");
  if (apiKey.revoked_at !== null) return <StatusBadge tone="bad">{t("status.revoked")}</StatusBadge>;
  if (apiKey.quarantine !== null)
    return (
      <StatusBadge tone={apiKey.quarantine === "frozen" ? "bad" : "warn"}>
        {t(`quarantine.${apiKey.quarantine}`)}
      </StatusBadge>
    );
  const isExpired = apiKey.expires_at !== null && Date.parse(apiKey.expires_at) <= Date.now();
  return isExpired ? (
    <StatusBadge tone="neutral">{t("status.expired")}</StatusBadge>
  ) : (
    <StatusBadge tone="ok">{t("status.active")}</StatusBadge>
  );
}

function KeyButtons({ apiKey, onRevoke }: { apiKey: OperatorKeyResponse; onRevoke: () => void }) {
  const { t } = useTranslation("api-keys");
  const notify = useNotify();
  const release = useOperatorRelease();
  if (apiKey.revoked_at !== null) return null;
  const name = apiKey.name || apiKey.hint;
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      {apiKey.quarantine === null ? null : (
        <Button
          size="xs"
          variant="default"
          loading={release.isPending}
          aria-label={t("operatorKeys.releaseNamed", { name })}
          onClick={() =>
            release.mutate(apiKey.id, {
              onSuccess: () => notify.done(t("operatorKeys.released", { name })),
              onError: notify.failed,
            })
          }
        >
          {t("operatorKeys.release")}
        </Button>
      )}
      <Button
        size="xs"
        variant="outline"
        color="red"
        aria-label={t("operatorKeys.revokeNamed", { name })}
        onClick={onRevoke}
      >
        {t("revoke.action")}
      </Button>
    </Group>
  );
}

function RevokeDialog({ apiKey, onClose }: { apiKey: OperatorKeyResponse | null; onClose: () => void }) {
  const { t } = useTranslation("api-keys");
  const notify = useNotify();
  const revoke = useOperatorRevoke();
  const name = apiKey?.name || apiKey?.hint || "";
  return (
    <ConfirmDialog
      isOpen={apiKey !== null}
      onClose={onClose}
      title={t("operatorKeys.revokeTitle", { name })}
      confirmLabel={t("revoke.action")}
      isDangerous
      onConfirm={async () => {
        if (apiKey === null) return;
        await revoke.mutateAsync(apiKey.id);
        notify.done(t("operatorKeys.revoked", { name }));
      }}
    >
      {t("operatorKeys.revokeText")}
    </ConfirmDialog>
  );
}
