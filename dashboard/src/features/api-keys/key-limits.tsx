import { Button, Card, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { Pencil } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ApiKeyResponse } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { useLimits } from "@/features/limits/queries";
import { LimitRings } from "@/features/limits/shared/limit-rings";
import { isUsable } from "./age";
import { setLimits } from "./own-limits";
import { OwnLimitsBadge } from "./own-limits-badge";

interface KeyLimitsProps {
  accountId: string;
  apiKey: ApiKeyResponse;
  /** Changes the limits that the key has of its own. */
  onEdit?: () => void;
}

/** How the limits of this key stand now. */
export function KeyLimits({ accountId, apiKey, onEdit }: KeyLimitsProps) {
  const { t } = useTranslation("api-keys");
  const limits = useLimits(accountId);
  if (!isUsable(apiKey)) return null;
  const own = limits.data?.api_keys.find((one) => one.id === apiKey.id);
  return (
    <Card padding="md">
      <Group justify="space-between" mb="sm" gap="xs">
        <Title order={2} size="h3">
          {t("limits")}
        </Title>
        {onEdit ? (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<Pencil size={13} />}
            onClick={onEdit}
            aria-label={t("editLimits")}
          >
            {t("change")}
          </Button>
        ) : null}
      </Group>
      {setLimits(apiKey.limits).length > 0 ? (
        <Group mb="sm">
          <OwnLimitsBadge apiKey={apiKey} />
        </Group>
      ) : null}
      {limits.data === undefined && limits.error ? (
        <ErrorState error={limits.error} onRetry={() => void limits.refetch()} />
      ) : limits.data === undefined ? (
        <Stack gap="md">
          {["a", "b", "c"].map((row) => (
            <Skeleton key={row} height={88} radius="md" />
          ))}
        </Stack>
      ) : own ? (
        <LimitRings limits={own.limits} />
      ) : (
        <Text size="sm" c="dimmed">
          {t("limitsUnused")}
        </Text>
      )}
    </Card>
  );
}
