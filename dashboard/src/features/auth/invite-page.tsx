import { Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link2Off, Ticket } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/client";
import type { InviteInspectResponse, MeResponse } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { FormError } from "@/components/form-error";
import { ButtonLink } from "@/components/links/button-link";
import { PagePending } from "@/components/page-pending";
import { useFormat } from "@/hooks/use-format";
import classes from "./auth.module.css";
import { forgetInvite, keepInvite, keptInvite } from "./invite-token";
import { AuthHeading, Notice } from "./parts";
import { inviteQuery, maybeMeQuery, useAcceptInvite, useEnter, useLeaveForInvite } from "./queries";
import { useFragmentToken } from "./use-fragment-token";

export function InvitePage() {
  const { t } = useTranslation("auth");
  const linked = useFragmentToken();
  useEffect(() => {
    if (linked !== null) keepInvite(linked);
  }, [linked]);
  const token = linked ?? keptInvite();
  const invite = useQuery({ ...inviteQuery(token ?? ""), enabled: token !== null });
  const me = useQuery(maybeMeQuery);
  const isDead = invite.error instanceof ApiError && !invite.error.isTransient;
  useEffect(() => {
    if (isDead) forgetInvite();
  }, [isDead]);

  if (token === null) {
    return <Notice icon={Link2Off} title={t("invite.missingTitle")} text={t("invite.missingText")} />;
  }
  if (isDead) {
    return (
      <Notice icon={Link2Off} tone="bad" title={t("invite.invalidTitle")} text={t("invite.invalidText")}>
        <ButtonLink to="/" variant="default" fullWidth>
          {t("invite.toDashboard")}
        </ButtonLink>
      </Notice>
    );
  }
  if (invite.error) return <ErrorState error={invite.error} onRetry={() => void invite.refetch()} />;
  if (!invite.data || me.isPending) return <PagePending />;
  return (
    <>
      <span className={classes.icon} aria-hidden>
        <Ticket size={21} strokeWidth={1.8} />
      </span>
      <InviteHeading invite={invite.data} />
      <Stack gap="lg">
        <InviteFacts invite={invite.data} />
        {me.data ? (
          <Accept token={token} invite={invite.data} me={me.data} />
        ) : (
          <Stack gap="xs">
            <ButtonLink to="/sign-up" fullWidth>
              {t("invite.signUp")}
            </ButtonLink>
            <ButtonLink to="/sign-in" search={{ return_to: "/invite" }} variant="default" fullWidth>
              {t("invite.signIn")}
            </ButtonLink>
          </Stack>
        )}
      </Stack>
    </>
  );
}

function InviteHeading({ invite }: { invite: InviteInspectResponse }) {
  const { t } = useTranslation(["auth", "common"]);
  if (!invite.account_name) {
    return <AuthHeading title={t("invite.platformHeading")} text={t("invite.platformText")} />;
  }
  return (
    <AuthHeading
      title={t("invite.heading", { account: invite.account_name })}
      text={t("invite.text", { role: t(`common:roles.${invite.role}`) })}
    />
  );
}

function InviteFacts({ invite }: { invite: InviteInspectResponse }) {
  const { t } = useTranslation(["auth", "common"]);
  const format = useFormat();
  return (
    <dl className={classes.facts}>
      <dt>{t("invite.for")}</dt>
      <dd className="yx-untrusted">{invite.email}</dd>
      {invite.account_name ? (
        <>
          <dt>{t("invite.role")}</dt>
          <dd>
            {t(`common:roles.${invite.role}`)}
            <Text size="xs" c="dimmed" fw={400}>
              {t(`invite.roles.${invite.role}`)}
            </Text>
          </dd>
        </>
      ) : null}
      <dt>{t("invite.until")}</dt>
      <dd>
        <time dateTime={invite.expires_at}>{format.date(invite.expires_at)}</time>
      </dd>
    </dl>
  );
}

/** What a signed-in user can do with the invite. */
function Accept({ token, invite, me }: { token: string; invite: InviteInspectResponse; me: MeResponse }) {
  const { t } = useTranslation("auth");
  const accept = useAcceptInvite();
  const leave = useLeaveForInvite();
  const enter = useEnter();
  const isForMe = invite.email.toLowerCase() === me.user.email.toLowerCase();

  if (!isForMe) {
    return (
      <Stack gap="sm">
        <Text size="sm" className="yx-untrusted">
          {t("invite.otherUser", { invited: invite.email, email: me.user.email })}
        </Text>
        <FormError error={leave.error} />
        <Button fullWidth loading={leave.isPending} onClick={() => leave.mutate()}>
          {t("invite.signOut")}
        </Button>
        <NotNow />
      </Stack>
    );
  }
  if (!invite.account_name) {
    return (
      <Stack gap="sm">
        <Text size="sm">{t("invite.alreadyHere")}</Text>
        <ButtonLink to="/" fullWidth onClick={forgetInvite}>
          {t("invite.toDashboard")}
        </ButtonLink>
      </Stack>
    );
  }
  const submit = () =>
    accept.mutate(token, {
      onSuccess: (after) => {
        const known = new Set(me.accounts.map((account) => account.id));
        const joined = after.accounts.find((account) => !known.has(account.id));
        enter(after, joined ? `/a/${joined.id}/overview` : "/");
      },
    });
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed" className="yx-untrusted">
        {t("invite.signedInAs", { email: me.user.email })}
      </Text>
      <FormError error={accept.error} />
      <Button fullWidth loading={accept.isPending} onClick={submit}>
        {t("invite.accept")}
      </Button>
      <NotNow />
    </Stack>
  );
}

function NotNow() {
  const { t } = useTranslation("auth");
  return (
    <ButtonLink to="/" variant="subtle" color="gray" fullWidth onClick={forgetInvite}>
      {t("invite.decline")}
    </ButtonLink>
  );
}
