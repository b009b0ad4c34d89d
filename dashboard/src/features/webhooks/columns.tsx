import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import type { WebhookResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import type { Column } from "@/components/data-table";
import { StatusBadge } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { useDeleteWebhook, useEditWebhook, useTestWebhook } from "./queries";

export function useWebhookColumns(now: number): Column<WebhookResponse>[] {
  const { t } = useTranslation("webhooks");
  const format = useFormat();
  return useMemo(
    (): Column<WebhookResponse>[] => [
      {
        id: "url",
        header: t("url"),
        isTitle: true,
        sortBy: (webhook) => webhook.url,
        cell: (webhook) => (
          <Text size="sm" fw={500} className="yx-untrusted" style={{ overflowWrap: "anywhere" }}>
            {webhook.url}
          </Text>
        ),
      },
      { id: "state", header: t("state"), cell: (webhook) => <State webhook={webhook} /> },
      {
        id: "last",
        header: t("last"),
        sortBy: (webhook) => (webhook.last_delivery === null ? null : Date.parse(webhook.last_delivery.at)),
        cell: (webhook) =>
          webhook.last_delivery === null ? (
            <Text span size="sm" c="dimmed">
              {t("noDelivery")}
            </Text>
          ) : (
            <div>
              <time dateTime={webhook.last_delivery.at} title={format.date(webhook.last_delivery.at)}>
                {format.relative(webhook.last_delivery.at, now)}
              </time>
              <Text size="xs" c="dimmed">
                {webhook.last_delivery.error ?? t("taken", { status: webhook.last_delivery.status })}
              </Text>
            </div>
          ),
      },
      {
        id: "actions",
        header: t("actions"),
        isHeaderHidden: true,
        align: "end",
        cell: (webhook) => <Actions webhook={webhook} />,
      },
    ],
    [t, format, now],
  );
}

function State({ webhook }: { webhook: WebhookResponse }) {
  const { t } = useTranslation("webhooks");
  if (!webhook.is_enabled) return <StatusBadge tone="neutral">{t("off")}</StatusBadge>;
  if (webhook.failing_since !== null) return <StatusBadge tone="warn">{t("failing")}</StatusBadge>;
  return <StatusBadge tone="ok">{t("on")}</StatusBadge>;
}

function Actions({ webhook }: { webhook: WebhookResponse }) {
  const { t } = useTranslation("webhooks");
  const account = useAccount();
  const notify = useNotify();
  const test = useTestWebhook(account.id);
  const edit = useEditWebhook(account.id);
  const remove = useDeleteWebhook(account.id);
  const [isAsking, setIsAsking] = useState(false);
  const { url } = webhook;
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      <Button
        size="xs"
        variant="default"
        loading={test.isPending}
        aria-label={t("testNamed", { url })}
        onClick={() =>
          test.mutate(webhook.id, {
            onSuccess: (response) =>
              response.ok
                ? notify.done(t("testDone", { status: response.status }))
                : notifications.show({
                    color: "red",
                    message: t("testFailed", { message: response.message }),
                    autoClose: 8000,
                  }),
            onError: notify.failed,
          })
        }
      >
        {t("test")}
      </Button>
      <Button
        size="xs"
        variant="default"
        loading={edit.isPending}
        aria-label={t(webhook.is_enabled ? "turnOffNamed" : "turnOnNamed", { url })}
        onClick={() =>
          edit.mutate({ id: webhook.id, is_enabled: !webhook.is_enabled }, { onError: notify.failed })
        }
      >
        {t(webhook.is_enabled ? "turnOff" : "turnOn")}
      </Button>
      <Button
        size="xs"
        variant="default"
        aria-label={t("removeNamed", { url })}
        onClick={() => setIsAsking(true)}
      >
        {t("remove")}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={t("removeTitle")}
        confirmLabel={t("remove")}
        onConfirm={async () => {
          await remove.mutateAsync(webhook.id);
          notify.done(t("removeDone"));
        }}
        isDangerous
      >
        <Text size="sm" className="yx-untrusted" style={{ overflowWrap: "anywhere" }}>
          {url}
        </Text>
        <Text size="sm" mt="xs">
          {t("removeText")}
        </Text>
      </ConfirmDialog>
    </Group>
  );
}
