import { Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/error-state";
import { TextLink } from "@/components/links/text-link";
import { useFormat } from "@/hooks/use-format";
import { useNow } from "@/hooks/use-now";
import { EventActionBadge, EventFacts, EventIcon, EventTitle } from "../event-text";
import classes from "../events-card.module.css";
import { latestEventsQuery, useMarkSeen } from "../queries";

/** What the bell opens. Whoever looks has seen it. */
export function LatestEvents({ accountId, onLeave }: { accountId: string; onLeave: () => void }) {
  const { t } = useTranslation("key-events");
  const format = useFormat();
  const now = useNow(30_000);
  const latest = useQuery(latestEventsQuery(accountId));
  const { mutate: markSeen } = useMarkSeen(accountId);
  const newest = latest.data?.data[0]?.id;
  useEffect(() => {
    if (newest !== undefined) markSeen(newest);
  }, [newest, markSeen]);

  if (latest.data === undefined) {
    return latest.error ? (
      <ErrorState error={latest.error} onRetry={() => void latest.refetch()} />
    ) : (
      <Stack gap="sm" p="xs">
        <Skeleton height={40} radius="md" />
        <Skeleton height={40} radius="md" />
      </Stack>
    );
  }
  if (latest.data.data.length === 0) {
    return (
      <Text size="sm" c="dimmed" p="xs">
        {t("none")}
      </Text>
    );
  }
  return (
    <ol className={classes.list}>
      {latest.data.data.map((event) => (
        <li key={event.id} className={classes.event}>
          <span className={classes.icon}>
            <EventIcon kind={event.kind} />
          </span>
          <div>
            <div className={classes.head}>
              <TextLink
                to="/a/$accountId/api-keys/$apiKeyId"
                params={{ accountId, apiKeyId: event.api_key_id }}
                size="sm"
                fw={600}
                c="inherit"
                onClick={onLeave}
              >
                <EventTitle kind={event.kind} />
              </TextLink>
              <EventActionBadge action={event.action} />
              <time className={classes.time} dateTime={event.at} title={format.date(event.at)}>
                {format.relative(event.at, now)}
              </time>
            </div>
            <EventFacts event={event} />
          </div>
        </li>
      ))}
    </ol>
  );
}
