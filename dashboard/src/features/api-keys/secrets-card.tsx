import { Button, Card, Code, Group, Text, Title } from "@mantine/core";
import { Hourglass } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ApiKeyResponse, ApiKeySecretResponse } from "@/api/types";
import { type Column, DataTable, plainSource } from "@/components/data-table";
import { StatusBadge } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNow } from "@/hooks/use-now";
import { LastUse } from "./last-use";
import { useApiKeySecrets } from "./queries";
import type { KeyDialog } from "./shared/key-dialogs";

interface SecretsCardProps {
  accountId: string;
  apiKey: ApiKeyResponse;
  canWrite: boolean;
  onDialog: (dialog: KeyDialog) => void;
}

/** The secrets of the key, and who still uses one that was replaced. */
export function SecretsCard({ accountId, apiKey, canWrite, onDialog }: SecretsCardProps) {
  const { t } = useTranslation("api-keys");
  const isInGrace = apiKey.old_secrets > 0;
  const secrets = useApiKeySecrets(accountId, apiKey.id, isInGrace);
  const format = useFormat();
  const now = useNow(10_000);

  const columns: Column<ApiKeySecretResponse>[] = [
    {
      id: "hint",
      header: t("secret"),
      isTitle: true,
      sortBy: (secret) => secret.hint,
      cell: (secret) => <Code className="yx-untrusted">{secret.hint}</Code>,
    },
    {
      id: "state",
      header: t("column.status"),
      cell: (secret) => <SecretState secret={secret} apiKey={apiKey} now={now} />,
    },
    {
      id: "lastUsed",
      header: t("column.lastUsed"),
      cell: (secret) => <LastUse use={lastUseOf(secret)} isWhole />,
    },
    {
      id: "created",
      header: t("column.created"),
      sortBy: (secret) => Date.parse(secret.created_at),
      cell: (secret) => (
        <time dateTime={secret.created_at} title={format.date(secret.created_at)}>
          {format.date(secret.created_at, "date")}
        </time>
      ),
    },
  ];

  return (
    <Card padding="md">
      <Group justify="space-between" mb={4} gap="xs">
        <Title order={2} size="h3">
          {t("secrets")}
        </Title>
        {isInGrace && canWrite ? (
          <Button
            size="compact-sm"
            variant="outline"
            color="red"
            leftSection={<Hourglass size={13} />}
            onClick={() => onDialog({ kind: "endGrace", apiKey })}
          >
            {t("endGrace.action")}
          </Button>
        ) : null}
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        {isInGrace ? t("secretsInGrace") : t("secretsText")}
      </Text>
      <div>
        <DataTable
          label={t("secrets")}
          columns={columns}
          source={plainSource(secrets)}
          rowKey={(secret) => `${secret.hint} ${secret.created_at}`}
          isRowDimmed={(secret) => hasEnded(secret, now)}
          empty={
            <Text size="sm" c="dimmed" p="md" ta="center">
              {t("noSecrets")}
            </Text>
          }
        />
      </div>
    </Card>
  );
}

function SecretState({
  secret,
  apiKey,
  now,
}: {
  secret: ApiKeySecretResponse;
  apiKey: ApiKeyResponse;
  now: number;
}) {
  const { t } = useTranslation("api-keys");
  const format = useFormat();
  if (apiKey.status === "revoked") return <StatusBadge tone="bad">{t("status.revoked")}</StatusBadge>;
  if (secret.is_current) return <StatusBadge tone="ok">{t("secretState.current")}</StatusBadge>;
  if (hasEnded(secret, now)) return <StatusBadge tone="neutral">{t("secretState.ended")}</StatusBadge>;
  return (
    <span>
      <StatusBadge tone="warn">{t("secretState.grace")}</StatusBadge>
      <Text span size="xs" c="dimmed" display="block" mt={2} title={format.date(secret.ends_at)}>
        {t("ends", { when: format.relative(secret.ends_at, now) })}
      </Text>
    </span>
  );
}

function hasEnded(secret: ApiKeySecretResponse, now: number): boolean {
  return secret.ends_at !== null && Date.parse(secret.ends_at) <= now;
}

function lastUseOf(secret: ApiKeySecretResponse) {
  return secret.last_used_at === null
    ? null
    : { at: secret.last_used_at, address: secret.last_used_address, agent: secret.last_used_agent };
}
