import { Button, Card, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ApiKeyResponse, KeyEventResponse } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { useNow } from "@/hooks/use-now";
import { EventActionBadge, EventFacts, EventIcon, EventTitle } from "../event-text";
import classes from "../events-card.module.css";
import { keyEventsQuery, useReleaseApiKey } from "../queries";

interface EventsCardProps {
  accountId: string;
  apiKey: ApiKeyResponse;
  canWrite: boolean;
}

/** What was noticed about a key, newest first: seen, usual, done; and the way to undo it. */
export function EventsCard({ accountId, apiKey, canWrite }: EventsCardProps) {
  const { t } = useTranslation("key-events");
  const events = useInfiniteQuery(keyEventsQuery(accountId, apiKey.id));
  const rows = events.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Card padding="md">
      <Title order={2} size="h3" mb={4}>
        {t("title")}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {t(`onAnomaly.is.${apiKey.anomaly_action}`)}
      </Text>
      {events.data === undefined && events.error ? (
        <ErrorState error={events.error} onRetry={() => void events.refetch()} />
      ) : events.data === undefined ? (
        <Stack gap="sm">
          <Skeleton height={52} radius="md" />
          <Skeleton height={52} radius="md" />
        </Stack>
      ) : rows.length === 0 ? (
        <Text size="sm" c="dimmed" py="sm">
          {t("none")}
        </Text>
      ) : (
        <ol className={classes.list}>
          {rows.map((event) => (
            <Event
              key={event.id}
              event={event}
              accountId={accountId}
              canUndo={canWrite && apiKey.quarantine?.event_id === event.id}
            />
          ))}
        </ol>
      )}
      {events.hasNextPage ? (
        <Button
          variant="subtle"
          size="compact-sm"
          loading={events.isFetchingNextPage}
          onClick={() => void events.fetchNextPage()}
        >
          {t("more")}
        </Button>
      ) : null}
    </Card>
  );
}

function Event({
  event,
  accountId,
  canUndo,
}: {
  event: KeyEventResponse;
  accountId: string;
  canUndo: boolean;
}) {
  const format = useFormat();
  const now = useNow(30_000);
  return (
    <li className={classes.event}>
      <span className={classes.icon}>
        <EventIcon kind={event.kind} />
      </span>
      <div>
        <div className={classes.head}>
          <Text span size="sm" fw={600}>
            <EventTitle kind={event.kind} />
          </Text>
          <EventActionBadge action={event.action} />
          <time className={classes.time} dateTime={event.at} title={format.date(event.at)}>
            {format.relative(event.at, now)}
          </time>
        </div>
        <EventFacts event={event} />
        {canUndo ? <UndoButton accountId={accountId} apiKeyId={event.api_key_id} /> : null}
      </div>
    </li>
  );
}

/** The key is served again as before; one click, because waiting costs more than a mistake. */
export function UndoButton({ accountId, apiKeyId }: { accountId: string; apiKeyId: string }) {
  const { t } = useTranslation("key-events");
  const notify = useNotify();
  const release = useReleaseApiKey(accountId, apiKeyId);
  return (
    <Button
      mt={6}
      size="compact-sm"
      variant="default"
      leftSection={<Undo2 size={13} />}
      loading={release.isPending}
      // Not by `mutate`, whose callbacks go with the button, and that goes as soon as the key is free again.
      onClick={() => release.mutateAsync().then(() => notify.done(t("undone")), notify.failed)}
    >
      {t("undo")}
    </Button>
  );
}
