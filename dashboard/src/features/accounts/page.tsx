import { Button, Group, Progress, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import { accountQuery, meQuery, useAccount, useMe } from "@/api/session";
import type { AccountResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { CopyButton } from "@/components/copy-button";
import { ErrorState } from "@/components/error-state";
import { Fact, Facts } from "@/components/facts";
import { FormError } from "@/components/form-error";
import { PageHeader } from "@/components/page-header";
import { Section } from "@/components/section";
import sectionClasses from "@/components/section.module.css";
import { StatusBadge } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { useTierName } from "@/hooks/use-tier-name";
import { useEditAccount, useLeaveAccount } from "./queries";
import { RotationSection } from "./rotation-section";
import { TierLimits } from "./tier-limits";

export function AccountSettingsPage() {
  const { t } = useTranslation("accounts");
  const current = useAccount();
  const account = useQuery(accountQuery(current.id));
  return (
    <>
      <PageHeader title={t("settings.title")} description={t("settings.text")} />
      {account.data ? (
        <Loaded account={account.data} />
      ) : account.error ? (
        <div className={sectionClasses.section}>
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
  const current = useAccount();
  return (
    <>
      <NameSection account={account} />
      <RotationSection account={account} />
      <TierSection account={account} />
      <FactsSection account={account} />
      {current.isVisiting ? null : <LeaveSection account={account} />}
    </>
  );
}

function NameSection({ account }: { account: AccountResponse }) {
  const { t } = useTranslation(["accounts", "common"]);
  const notify = useNotify();
  const { can } = useAccount();
  const rename = useEditAccount(account.id);
  const [name, setName] = useState(account.name);
  const isMissing = name.trim() === "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isMissing) rename.mutate({ name: name.trim() }, { onSuccess: () => notify.done(t("common:saved")) });
  };
  if (!can("admin")) {
    return (
      <Section title={t("settings.nameTitle")} text={t("settings.nameNeeds")}>
        <Text fw={500} className="yx-untrusted">
          {account.name || account.id}
        </Text>
      </Section>
    );
  }
  return (
    <Section title={t("settings.nameTitle")} text={t("settings.nameText")}>
      <form onSubmit={submit}>
        <Stack gap="sm" className={sectionClasses.narrow}>
          <TextInput
            aria-label={t("settings.nameTitle")}
            maxLength={maxLengthOf("EditAccountRequest", "name")}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={isMissing && account.name !== "" ? t("settings.nameMissing") : null}
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
  const { t } = useTranslation("accounts");
  const tierName = useTierName();
  const format = useFormat();
  const { tier } = account;
  const difference = tier.price_factor_percent - 100;
  const percent = format.percent(Math.abs(difference) / 100, 0);
  return (
    <Section
      title={t("settings.tierTitle")}
      badge={<StatusBadge tone="info">{tierName(tier.id, tier.display_name)}</StatusBadge>}
      text={t("settings.tierText")}
    >
      {account.has_own_limits ? <Text size="sm">{t("settings.ownLimits")}</Text> : null}
      <TierLimits tier={tier} />
      <Facts isBelow>
        <Fact label={t("settings.keys")}>
          {account.keys_max === null ? (
            t("settings.keysUsedUnlimited", { used: format.number(account.keys_used) })
          ) : (
            <>
              <Progress
                value={account.keys_max === 0 ? 100 : (100 * account.keys_used) / account.keys_max}
                color={account.keys_used >= account.keys_max ? "red" : undefined}
                w={120}
                aria-hidden
              />
              {t("settings.keysUsed", {
                used: format.number(account.keys_used),
                max: format.number(account.keys_max),
              })}
            </>
          )}
        </Fact>
        <Fact label={t("settings.price")}>
          {difference === 0
            ? t("settings.priceList")
            : t(difference < 0 ? "settings.priceBelow" : "settings.priceAbove", { percent })}
        </Fact>
      </Facts>
    </Section>
  );
}

function FactsSection({ account }: { account: AccountResponse }) {
  const { t } = useTranslation(["accounts", "common"]);
  const format = useFormat();
  return (
    <Section title={t("settings.factsTitle")}>
      <Facts>
        <Fact label={t("settings.id")}>
          <Text span size="sm" ff="monospace" className="yx-untrusted">
            {account.id}
          </Text>
          <CopyButton value={account.id} label={t("settings.copyId")} />
        </Fact>
        <Fact label={t("settings.email")} className="yx-untrusted">
          {account.email}
        </Fact>
        <Fact label={t("settings.status")}>
          <StatusBadge tone={account.status === "active" ? "ok" : "bad"}>
            {t(`settings.${account.status}`)}
          </StatusBadge>
        </Fact>
        <Fact label={t("settings.role")}>{t(`common:roles.${account.role}`)}</Fact>
        <Fact label={t("settings.created")}>
          <time dateTime={account.created_at}>{format.date(account.created_at, "date")}</time>
        </Fact>
      </Facts>
    </Section>
  );
}

function LeaveSection({ account }: { account: AccountResponse }) {
  const { t } = useTranslation("accounts");
  const { user } = useMe();
  const notify = useNotify();
  const queryClient = useQueryClient();
  const router = useRouter();
  const leave = useLeaveAccount(account.id);
  const [isAsking, setIsAsking] = useState(false);
  const confirm = async () => {
    await leave.mutateAsync(user.id);
    notify.done(t("settings.left", { account: account.name || account.email }));
    await queryClient.fetchQuery({ ...meQuery, staleTime: 0 });
    await router.navigate({ to: "/" });
    queryClient.removeQueries({ queryKey: ["account", account.id] });
  };
  return (
    <>
      <Section
        title={t("settings.leaveTitle")}
        text={t("settings.leaveText")}
        actions={
          <Button variant="default" c="red" onClick={() => setIsAsking(true)}>
            {t("settings.leave")}
          </Button>
        }
      />
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={t("settings.leaveConfirm", { account: account.name || account.email })}
        confirmLabel={t("settings.leave")}
        onConfirm={confirm}
        isDangerous
      >
        <Text size="sm">{t("settings.leaveText")}</Text>
      </ConfirmDialog>
    </>
  );
}
