import { Card, Skeleton, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { LimitState } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { useLimits } from "@/features/limits/queries";
import { tightest, usedShare } from "@/features/limits/shared/level";
import { LimitBar, LimitRings } from "@/features/limits/shared/limit-rings";
import { useFormat } from "@/hooks/use-format";
import classes from "./overview.module.css";

const KEYS_SHOWN = 4;

/** How the limits stand this moment: of the account, and of the keys that are nearest to theirs. */
export function LimitsCard({ accountId }: { accountId: string }) {
  const { t } = useTranslation("overview");
  const limits = useLimits(accountId);
  return (
    <Card padding="md" h="100%">
      <Title order={2} size="h3">
        {t("limits.title")}
      </Title>
      <Text size="xs" c="dimmed" mb="md">
        {t("limits.ofAccount")}
      </Text>
      {limits.data ? (
        <>
          <LimitRings limits={limits.data.account} />
          <BusiestKeys accountId={accountId} keys={limits.data.api_keys} />
        </>
      ) : limits.error ? (
        <ErrorState error={limits.error} onRetry={() => void limits.refetch()} />
      ) : (
        <Stack gap="md">
          {["a", "b", "c"].map((row) => (
            <Skeleton key={row} height={88} radius="md" />
          ))}
        </Stack>
      )}
    </Card>
  );
}

function BusiestKeys({
  accountId,
  keys,
}: {
  accountId: string;
  keys: { id: string; name: string; limits: LimitState[] }[];
}) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const busiest = keys
    .filter((key) => key.limits.some((state) => state.used > 0))
    .sort((a, b) => tightest(b.limits) - tightest(a.limits))
    .slice(0, KEYS_SHOWN);
  return (
    <div className={classes.busiest}>
      <Title order={3} size="h4" mb={8}>
        {t("limits.busiest")}
      </Title>
      {busiest.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("limits.noKeys")}
        </Text>
      ) : (
        <ul className={classes.list}>
          {busiest.map((key) => {
            const fullest = fullestOf(key.limits);
            return (
              <li key={key.id} className={classes.busy}>
                <Link
                  to="/a/$accountId/api-keys/$apiKeyId"
                  params={{ accountId, apiKeyId: key.id }}
                  className={classes.name}
                >
                  {key.name || key.id}
                </Link>
                {fullest ? (
                  <>
                    <span className={classes.figure}>
                      {usedShare(fullest) === null
                        ? t("limits.usedUnlimited", { used: format.compact(fullest.used) })
                        : format.percent(usedShare(fullest), 0)}
                    </span>
                    <span className={classes.meter} title={t(`limits.${fullest.resource}`)}>
                      <LimitBar state={fullest} />
                    </span>
                  </>
                ) : null}
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}

function fullestOf(limits: LimitState[]): LimitState | undefined {
  return [...limits].sort((a, b) => (usedShare(b) ?? -1) - (usedShare(a) ?? -1))[0];
}
