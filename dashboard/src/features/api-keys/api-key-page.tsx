import { Alert, Button, Card, Grid, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Activity, Ban, Gauge, Hourglass, Pencil, RotateCw, Snowflake, TimerReset } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import type { ApiKeyResponse } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { ButtonLink } from "@/components/links/button-link";
import { ParentLink } from "@/components/links/parent-link";
import { PageHeader } from "@/components/page-header";
import { BudgetsCard } from "@/features/budgets/shared/budgets-card";
import { useReleaseApiKey } from "@/features/key-events/queries";
import { EventsCard } from "@/features/key-events/shared/events-card";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { useNow } from "@/hooks/use-now";
import { isRotationDue, secretAgeDays, useRotationDays } from "./age";
import { KeyFacts, KeyRestrictions } from "./key-facts";
import { KeyLimits } from "./key-limits";
import { KeyUsage } from "./key-usage";
import { apiKeyQuery } from "./queries";
import { SecretsCard } from "./secrets-card";
import { type KeyDialog, KeyDialogs } from "./shared/key-dialogs";

export function ApiKeyPage() {
  const { t } = useTranslation("api-keys");
  const account = useAccount();
  const { apiKeyId = "" } = useParams({ strict: false });
  const apiKey = useQuery(apiKeyQuery(account.id, apiKeyId));
  const [dialog, setDialog] = useState<KeyDialog | null>(null);
  const parent = (
    <ParentLink to="/a/$accountId/api-keys" params={{ accountId: account.id }}>
      {t("title")}
    </ParentLink>
  );

  if (!apiKey.data) {
    return (
      <>
        <PageHeader title={t("keyTitle")} parent={parent} />
        {apiKey.error ? (
          <Card p={0}>
            <ErrorState error={apiKey.error} onRetry={() => void apiKey.refetch()} />
          </Card>
        ) : (
          <Grid gap="md">
            <Grid.Col span={{ base: 12, lg: 8 }}>
              <Skeleton height={380} radius="lg" />
            </Grid.Col>
            <Grid.Col span={{ base: 12, lg: 4 }}>
              <Skeleton height={280} radius="lg" />
            </Grid.Col>
          </Grid>
        )}
      </>
    );
  }
  const key = apiKey.data;
  const canWrite = account.can("member") && key.status !== "revoked";
  return (
    <>
      <PageHeader
        title={key.name || t("unnamed")}
        parent={parent}
        actions={<KeyActions accountId={account.id} apiKey={key} canWrite={canWrite} onDialog={setDialog} />}
      />
      <Stack gap="md">
        {key.quarantine !== null && key.status !== "revoked" ? (
          <QuarantineNotice accountId={account.id} apiKey={key} canWrite={canWrite} />
        ) : null}
        <Notices apiKey={key} canWrite={canWrite} onDialog={setDialog} />
        <Grid gap="md">
          <Grid.Col span={{ base: 12, lg: 8 }}>
            <Stack gap="md">
              <KeyUsage accountId={account.id} apiKeyId={key.id} />
              <EventsCard accountId={account.id} apiKey={key} canWrite={canWrite} />
              <SecretsCard accountId={account.id} apiKey={key} canWrite={canWrite} onDialog={setDialog} />
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 4 }}>
            <Stack gap="md">
              <KeyFacts apiKey={key} />
              <KeyLimits
                accountId={account.id}
                apiKey={key}
                onEdit={canWrite ? () => setDialog({ kind: "edit", apiKey: key }) : undefined}
              />
              <BudgetsCard
                budgets={key.budgets}
                onEdit={canWrite ? () => setDialog({ kind: "edit", apiKey: key }) : undefined}
              />
              <KeyRestrictions
                apiKey={key}
                onEdit={canWrite ? () => setDialog({ kind: "edit", apiKey: key }) : undefined}
              />
            </Stack>
          </Grid.Col>
        </Grid>
      </Stack>
      <KeyDialogs accountId={account.id} dialog={dialog} onClose={() => setDialog(null)} />
    </>
  );
}

interface KeyActionsProps {
  accountId: string;
  apiKey: ApiKeyResponse;
  canWrite: boolean;
  onDialog: (dialog: KeyDialog) => void;
}

function KeyActions({ accountId, apiKey, canWrite, onDialog }: KeyActionsProps) {
  const { t } = useTranslation("api-keys");
  return (
    <>
      <ButtonLink
        to="/a/$accountId/requests"
        params={{ accountId }}
        search={{ api_key_id: apiKey.id }}
        variant="default"
        leftSection={<Activity size={15} />}
      >
        {t("showRequests")}
      </ButtonLink>
      {canWrite ? (
        <>
          <Button
            variant="default"
            leftSection={<Pencil size={15} />}
            onClick={() => onDialog({ kind: "edit", apiKey })}
          >
            {t("edit.action")}
          </Button>
          <Button
            variant="default"
            leftSection={<RotateCw size={15} />}
            onClick={() => onDialog({ kind: "regenerate", apiKey })}
          >
            {t("regenerate.action")}
          </Button>
          <Button
            variant="outline"
            color="red"
            leftSection={<Ban size={15} />}
            onClick={() => onDialog({ kind: "revoke", apiKey })}
          >
            {t("revoke.action")}
          </Button>
        </>
      ) : null}
    </>
  );
}

/** That the key is throttled or frozen, and the way out. */
function QuarantineNotice({ accountId, apiKey, canWrite }: Omit<KeyActionsProps, "onDialog">) {
  const { t } = useTranslation("api-keys");
  const format = useFormat();
  const notify = useNotify();
  const release = useReleaseApiKey(accountId, apiKey.id);
  if (apiKey.quarantine === null) return null;
  const isFrozen = apiKey.quarantine.state === "frozen";
  return (
    <Notice
      color={isFrozen ? "red" : "amber"}
      icon={isFrozen ? <Snowflake size={17} /> : <Gauge size={17} />}
      action={canWrite ? t("quarantine.release") : undefined}
      // Not by `mutate`, whose callbacks go with this notice.
      onAction={() => release.mutateAsync().then(() => notify.done(t("quarantine.released")), notify.failed)}
    >
      {t(`quarantine.notice.${apiKey.quarantine.state}`, { at: format.date(apiKey.quarantine.since) })}
    </Notice>
  );
}

/** What somebody who opens this key should know first. */
function Notices({ apiKey, canWrite, onDialog }: Omit<KeyActionsProps, "accountId">) {
  const { t } = useTranslation("api-keys");
  const format = useFormat();
  const now = useNow(30_000);
  const rotationDays = useRotationDays();
  if (apiKey.status === "revoked") {
    return (
      <Notice color="red" icon={<Ban size={17} />}>
        {t("notice.revoked", { at: format.date(apiKey.revoked_at) })}
      </Notice>
    );
  }
  return (
    <>
      {apiKey.status === "expired" ? (
        <Notice
          color="red"
          icon={<TimerReset size={17} />}
          action={canWrite ? t("edit.action") : undefined}
          onAction={() => onDialog({ kind: "edit", apiKey })}
        >
          {t("notice.expired", { at: format.date(apiKey.expires_at) })}
        </Notice>
      ) : null}
      {apiKey.status === "expiring" ? (
        <Notice
          color="amber"
          icon={<TimerReset size={17} />}
          action={canWrite ? t("edit.action") : undefined}
          onAction={() => onDialog({ kind: "edit", apiKey })}
        >
          {t("notice.expiring", { when: format.relative(apiKey.expires_at, now) })}
        </Notice>
      ) : null}
      {apiKey.old_secrets > 0 ? (
        <Notice
          color="amber"
          icon={<Hourglass size={17} />}
          action={canWrite ? t("endGrace.action") : undefined}
          onAction={() => onDialog({ kind: "endGrace", apiKey })}
        >
          {t("notice.grace", { count: apiKey.old_secrets })}
        </Notice>
      ) : null}
      {isRotationDue(apiKey, now, rotationDays) ? (
        <Notice
          color="amber"
          icon={<RotateCw size={17} />}
          action={canWrite ? t("regenerate.action") : undefined}
          onAction={() => onDialog({ kind: "regenerate", apiKey })}
        >
          {t("notice.rotate", { days: format.number(secretAgeDays(apiKey, now)) })}
        </Notice>
      ) : null}
    </>
  );
}

function Notice({
  color,
  icon,
  action,
  onAction,
  children,
}: {
  color: string;
  icon: ReactNode;
  action?: string;
  onAction?: () => void;
  children: ReactNode;
}) {
  return (
    <Alert color={color} icon={icon} py="xs">
      <span style={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: "6px 16px" }}>
        <span style={{ flex: "1 1 240px" }}>{children}</span>
        {action ? (
          <Button size="compact-sm" variant="default" onClick={onAction}>
            {action}
          </Button>
        ) : null}
      </span>
    </Alert>
  );
}
