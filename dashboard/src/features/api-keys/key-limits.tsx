import { Card, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ApiKeyResponse } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { useLimits } from "@/features/limits/queries";
import { LimitRings } from "@/features/limits/shared/limit-rings";
import { isUsable } from "./age";

/** How the limits of this key stand now. */
export function KeyLimits({ accountId, apiKey }: { accountId: string; apiKey: ApiKeyResponse }) {
  const { t } = useTranslation("api-keys");
  const limits = useLimits(accountId);
  if (!isUsable(apiKey)) return null;
  const own = limits.data?.api_keys.find((one) => one.id === apiKey.id);
  return (
    <Card padding="md">
      <Title order={2} size="h3" mb="sm">
        {t("limits")}
      </Title>
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
