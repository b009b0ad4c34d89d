import { Button, Code, Group, Stack, Text, Title } from "@mantine/core";
import { CircleAlert, RotateCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/client";
import { useErrorText } from "@/hooks/use-error-text";
import { CopyButton } from "./copy-button";
import { NoPermission } from "./no-permission";
import classes from "./state.module.css";

interface ErrorStateProps {
  error: unknown;
  onRetry?: () => void;
}

/** A read that failed: what happened, the request's id to hand on, and a way to try again. */
export function ErrorState({ error, onRetry }: ErrorStateProps) {
  const { t } = useTranslation();
  const text = useErrorText();
  if (error instanceof ApiError && error.status === 403) return <NoPermission />;
  const requestId = error instanceof ApiError ? error.requestId : null;
  return (
    <Stack align="center" gap={6} className={classes.state} role="alert">
      <span className={classes.icon} data-bad aria-hidden>
        <CircleAlert size={22} strokeWidth={1.7} />
      </span>
      <Title order={2} size="h3">
        {error instanceof ApiError && error.status === 404 ? t("errors.notFoundTitle") : t("errors.title")}
      </Title>
      <Text c="dimmed" size="sm" maw={460} ta="center" className="yx-untrusted">
        {text(error)}
      </Text>
      {requestId ? (
        <Group gap={4} mt={4}>
          <Text size="xs" c="dimmed">
            {t("errors.requestId")}
          </Text>
          <Code className="yx-untrusted">{requestId}</Code>
          <CopyButton value={requestId} />
        </Group>
      ) : null}
      {onRetry ? (
        <Button
          variant="default"
          className={classes.action}
          leftSection={<RotateCw size={15} />}
          onClick={onRetry}
        >
          {t("retry")}
        </Button>
      ) : null}
    </Stack>
  );
}
