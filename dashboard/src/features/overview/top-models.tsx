import { Card, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Boxes } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { UsageGroup } from "@/api/types";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { AnchorLink } from "@/components/links/anchor-link";
import { useUsage } from "@/features/usage/queries";
import { useGroupLabel } from "@/features/usage/shared/labels";
import { metricValue, OTHER } from "@/features/usage/shared/sums";
import { useFormat } from "@/hooks/use-format";
import type { TimeRange } from "@/lib/range";
import classes from "./overview.module.css";

const SHOWN = 6;

/** Refused before a model was known, requests are no use of one. */
function isCalled(group: UsageGroup): boolean {
  return group.key !== OTHER && (group.key !== "" || (metricValue(group.totals, "requests") ?? 0) > 0);
}

/** The models that were called most. */
export function TopModels({ accountId, range }: { accountId: string; range: TimeRange }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const label = useGroupLabel("model");
  const usage = useUsage({ accountId }, range, "model");
  const groups = usage.data?.groups.filter(isCalled).slice(0, SHOWN);
  const largest = Math.max(1, ...(groups ?? []).map((group) => metricValue(group.totals, "requests") ?? 0));
  return (
    <Card padding="md" h="100%">
      <Group justify="space-between" mb="sm" gap="xs">
        <Title order={2} size="h3">
          {t("topModels.title")}
        </Title>
        {groups && groups.length > 0 ? (
          <AnchorLink to="/a/$accountId/usage" params={{ accountId }} size="sm">
            {t("topModels.more")}
          </AnchorLink>
        ) : null}
      </Group>
      {groups === undefined ? (
        usage.error ? (
          <ErrorState error={usage.error} onRetry={() => void usage.refetch()} />
        ) : (
          <Stack gap="md">
            {["a", "b", "c", "d"].map((row) => (
              <Skeleton key={row} height={30} />
            ))}
          </Stack>
        )
      ) : groups.length === 0 ? (
        <EmptyState icon={Boxes} title={t("topModels.empty")} />
      ) : (
        <ul className={classes.list}>
          {groups.map((group) => {
            const requests = metricValue(group.totals, "requests") ?? 0;
            return (
              <li key={group.key} className={classes.model}>
                <span
                  className={classes.back}
                  style={{ width: `${(requests / largest) * 100}%` }}
                  aria-hidden
                />
                {group.key === "" ? (
                  <span className={classes.noName}>{label(group)}</span>
                ) : (
                  <Link
                    to="/a/$accountId/usage"
                    params={{ accountId }}
                    search={{ model: group.key, group: "api_key" }}
                    className={classes.name}
                  >
                    {label(group)}
                  </Link>
                )}
                <span className={classes.figure}>
                  {t("topModels.requests", { count: requests, requests: format.compact(requests) })}
                </span>
                <Text span className={classes.money}>
                  {format.money(group.totals.charge_nanos)}
                </Text>
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}
