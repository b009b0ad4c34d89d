import { Badge, Card, Group, Skeleton, Stack, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { AnchorLink } from "@/components/links/anchor-link";
import { useFormat } from "@/hooks/use-format";
import { useNow } from "@/hooks/use-now";
import type { TimeRange } from "@/lib/range";
import classes from "./overview.module.css";
import { useLatestErrors } from "./queries";

/** What went wrong last, each a link to its receipt. */
export function LatestErrors({ accountId, range }: { accountId: string; range: TimeRange }) {
  const { t } = useTranslation("overview");
  const format = useFormat();
  const now = useNow(30_000);
  const errors = useLatestErrors(accountId, range);
  return (
    <Card padding="md" h="100%">
      <Group justify="space-between" mb="sm" gap="xs">
        <Title order={2} size="h3">
          {t("errors.title")}
        </Title>
        {errors.data && errors.data.length > 0 ? (
          <AnchorLink to="/a/$accountId/errors" params={{ accountId }} size="sm">
            {t("errors.more")}
          </AnchorLink>
        ) : null}
      </Group>
      {errors.data === undefined ? (
        errors.error ? (
          <ErrorState error={errors.error} onRetry={() => void errors.refetch()} />
        ) : (
          <Stack gap="md">
            {["a", "b", "c", "d"].map((row) => (
              <Skeleton key={row} height={30} />
            ))}
          </Stack>
        )
      ) : errors.data.length === 0 ? (
        <EmptyState icon={CircleCheck} title={t("errors.empty")} text={t("errors.emptyText")} />
      ) : (
        <ul className={classes.list}>
          {errors.data.map((request) => (
            <li key={request.id}>
              <Link
                to="/a/$accountId/requests/$requestId"
                params={{ accountId, requestId: request.id }}
                className={classes.error}
                aria-label={t("errors.open", { id: request.id, status: request.status })}
              >
                <Badge color={request.status >= 500 ? "red" : "amber"} className={classes.status}>
                  {request.status}
                </Badge>
                <span className={classes.errorText}>
                  <span className={classes.code}>{request.error_code ?? request.end_reason}</span>
                  <span className={classes.under}>{request.model || request.requested_model}</span>
                </span>
                <time dateTime={request.at} title={format.date(request.at)} className={classes.when}>
                  {format.relative(request.at, now)}
                </time>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
