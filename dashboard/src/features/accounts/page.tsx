import { Alert, Button, Group, Progress, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { accountQuery, meQuery, useAccount, useMe } from "@/api/session";
import { useEditAccount, useLeaveAccount } from "@/api/settings-queries";
import type { AccountResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { CopyButton } from "@/components/copy-button";
import { ErrorState } from "@/components/error-state";
import { FormError } from "@/components/form-error";
import { PageHeader } from "@/components/page-header";
import { Section } from "@/components/section";
import classes from "@/components/settings.module.css";
import { StatusBadge } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { RotationSection } from "./rotation-section";
import { TierLimits } from "./tier-limits";

const NAME_CHARS_MAX = 100;

export function AccountSettingsPage() {
  const { t } = useTranslation("settings");
  const current = useAccount();
  const account = useQuery(accountQuery(current.id));
  return (
    <>
      <PageHeader title={t("account.title")} description={t("account.text")} />
      {account.data ? (
        <Loaded account={account.data} />
      ) : account.error ? (
        <div className={classes.section}>
          <ErrorState error={account.error} onRetry={() => void account.refetch()} />
        </div>
      ) : (
        <Stack gap="md">
          <Skeleton height={150} radius="lg" />
          <Skeleton height={220} radius="lg" />
        </Stack>
      )}
    </>
  );
}

function Loaded({ account }: { account: AccountResponse }) {
  const { t } = useTranslation("settings");
  const current = useAccount();
  return (
    <>
      {account.status === "suspended" ? (
        <Alert color="red" icon={<CircleAlert size={18} />} title={t("account.suspendedTitle")} mb="md">
          {t("account.suspendedText")}
        </Alert>
      ) : null}
      <NameSection account={account} />
      <RotationSection account={account} />
      <TierSection account={account} />
      <FactsSection account={account} />
      {current.isVisiting ? null : <LeaveSection account={account} />}
    </>
  );
}

function NameSection({ account }: { account: AccountResponse }) {
  const { t } = useTranslation(["settings", "common"]);
  const notify = useNotify();
  const { can } = useAccount();
  const rename = useEditAccount(account.id);
  const [name, setName] = useState(account.name);
  const isMissing = name.trim() === "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isMissing) rename.mutate({ name: name.trim() }, { onSuccess: () => notify.done(t("saved")) });
  };
  if (!can("admin")) {
    return (
      <Section title={t("account.nameTitle")} text={t("account.nameNeeds")}>
        <Text fw={500} className="yx-untrusted">
          {account.name || account.id}
        </Text>
      </Section>
    );
  }
  return (
    <Section title={t("account.nameTitle")} text={t("account.nameText")}>
      <form onSubmit={submit}>
        <Stack gap="sm" className={classes.narrow}>
          <TextInput
            aria-label={t("account.nameTitle")}
            maxLength={NAME_CHARS_MAX}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={isMissing && account.name !== "" ? t("account.nameMissing") : null}
          />
          <FormError error={rename.error} />
          <Group>
            <Button
              type="submit"
              disabled={isMissing || name.trim() === account.name}
              loading={rename.isPending}
            >
              {t("common:save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

function TierSection({ account }: { account: AccountResponse }) {
  const { t } = useTranslation("settings");
  const format = useFormat();
  const { tier } = account;
  const difference = tier.price_factor_percent - 100;
  const percent = format.percent(Math.abs(difference) / 100, 0);
  return (
    <Section
      title={t("account.tierTitle")}
      badge={<StatusBadge tone="info">{tier.display_name}</StatusBadge>}
      text={t("account.tierText")}
    >
      <TierLimits tier={tier} />
      <dl className={classes.facts} data-below>
        <dt>{t("account.keys")}</dt>
        <dd>
          {account.keys_max === null ? (
            t("account.keysUsedUnlimited", { used: format.number(account.keys_used) })
          ) : (
            <>
              <Progress
                value={account.keys_max === 0 ? 100 : (100 * account.keys_used) / account.keys_max}
                color={account.keys_used >= account.keys_max ? "red" : undefined}
                w={120}
                aria-hidden
              />
              {t("account.keysUsed", {
                used: format.number(account.keys_used),
                max: format.number(account.keys_max),
              })}
            </>
          )}
        </dd>
        <dt>{t("account.price")}</dt>
        <dd>
          {difference === 0
            ? t("account.priceList")
            : t(difference < 0 ? "account.priceBelow" : "account.priceAbove", { percent })}
        </dd>
      </dl>
    </Section>
  );
}

function FactsSection({ account }: { account: AccountResponse }) {
  const { t } = useTranslation(["settings", "common"]);
  const format = useFormat();
  return (
    <Section title={t("account.factsTitle")}>
      <dl className={classes.facts}>
        <dt>{t("account.id")}</dt>
        <dd>
          <Text span size="sm" ff="monospace" className="yx-untrusted">
            {account.id}
          </Text>
          <CopyButton value={account.id} label={t("account.copyId")} />
        </dd>
        <dt>{t("account.email")}</dt>
        <dd className="yx-untrusted">{account.email}</dd>
        <dt>{t("account.status")}</dt>
        <dd>
          <StatusBadge tone={account.status === "active" ? "ok" : "bad"}>
            {t(`account.${account.status}`)}
          </StatusBadge>
        </dd>
        <dt>{t("account.role")}</dt>
        <dd>{t(`common:roles.${account.role}`)}</dd>
        <dt>{t("account.created")}</dt>
        <dd>
          <time dateTime={account.created_at}>{format.date(account.created_at, "date")}</time>
        </dd>
      </dl>
    </Section>
  );
}

function LeaveSection({ account }: { account: AccountResponse }) {
  const { t } = useTranslation("settings");
  const { user } = useMe();
  const notify = useNotify();
  const queryClient = useQueryClient();
  const router = useRouter();
  const leave = useLeaveAccount(account.id);
  const [isAsking, setIsAsking] = useState(false);
  const confirm = async () => {
    await leave.mutateAsync(user.id);
    notify.done(t("account.left", { account: account.name || account.email }));
    await queryClient.fetchQuery({ ...meQuery, staleTime: 0 });
    await router.navigate({ to: "/" });
    queryClient.removeQueries({ queryKey: ["account", account.id] });
  };
  return (
    <>
      <Section
        title={t("account.leaveTitle")}
        text={t("account.leaveText")}
        actions={
          <Button variant="default" c="red" onClick={() => setIsAsking(true)}>
            {t("account.leave")}
          </Button>
        }
      />
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={t("account.leaveConfirm", { account: account.name || account.email })}
        confirmLabel={t("account.leave")}
        onConfirm={confirm}
        isDangerous
      >
        <Text size="sm">{t("account.leaveText")}</Text>
      </ConfirmDialog>
    </>
  );
}
