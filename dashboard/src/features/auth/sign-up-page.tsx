import { Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { DoorClosed, MailCheck, Ticket } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { AnchorLink } from "@/components/links/anchor-link";
import { ButtonLink } from "@/components/links/button-link";
import { PagePending } from "@/components/page-pending";
import { AccountForm, type NewUser } from "./account-form";
import classes from "./auth.module.css";
import { keepInvite, keptInvite } from "./invite-token";
import { AuthHeading, Notice } from "./parts";
import { ProviderButtons } from "./provider-buttons";
import { authOptionsQuery, inviteQuery, useEnter, useSignUp } from "./queries";
import { useFragmentToken } from "./use-fragment-token";

export function SignUpPage() {
  const { t } = useTranslation(["auth", "common"]);
  const linked = useFragmentToken();
  useEffect(() => {
    if (linked !== null) keepInvite(linked);
  }, [linked]);
  const token = linked ?? keptInvite();
  const options = useQuery(authOptionsQuery);
  const invite = useQuery({ ...inviteQuery(token ?? ""), enabled: token !== null });
  const signUp = useSignUp();
  const enter = useEnter();
  const [sentTo, setSentTo] = useState<string | null>(null);

  const submit = (user: NewUser) =>
    signUp.mutate(
      { ...user, ...(token !== null && invite.data ? { invite: token } : {}) },
      {
        onSuccess: (response) => {
          if ("status" in response) setSentTo(user.email);
          else enter(response, "/");
        },
      },
    );

  if (sentTo !== null) return <SentNotice email={sentTo} onAgain={() => setSentTo(null)} />;
  if (options.isPending || (token !== null && invite.isPending)) return <PagePending />;
  if (!invite.data && options.data?.sign_up === "closed") {
    return (
      <Notice icon={DoorClosed} title={t("signUp.closedTitle")} text={t("signUp.closedText")}>
        <ToSignIn />
      </Notice>
    );
  }
  if (!invite.data && options.data?.sign_up === "invite") {
    return (
      <Notice icon={Ticket} title={t("signUp.inviteTitle")} text={t("signUp.inviteText")}>
        <ToSignIn />
      </Notice>
    );
  }
  let text: ReactNode;
  if (invite.data?.account_name) {
    text = t("signUp.invitedTo", {
      account: invite.data.account_name,
      role: t(`common:roles.${invite.data.role}`),
    });
  } else if (invite.data) text = t("signUp.invited");

  return (
    <>
      <AuthHeading title={t("signUp.title")} text={text} />
      <AccountForm
        fixedEmail={invite.data?.email}
        submitLabel={t("signUp.submit")}
        error={signUp.error}
        isPending={signUp.isPending}
        onSubmit={submit}
      />
      <ProviderButtons options={options.data} returnTo={invite.data ? "/invite" : "/"} />
      <p className={classes.foot}>
        {t("signUp.haveOne")}{" "}
        <AnchorLink to="/sign-in" search={invite.data ? { return_to: "/invite" } : {}} size="sm" fw={500}>
          {t("signUp.signIn")}
        </AnchorLink>
      </p>
    </>
  );
}

function SentNotice({ email, onAgain }: { email: string; onAgain: () => void }) {
  const { t } = useTranslation("auth");
  return (
    <Notice icon={MailCheck} tone="ok" title={t("signUp.sentTitle")} text={t("signUp.sentText", { email })}>
      <Text size="sm" c="dimmed">
        {t("signUp.sentHint")}
      </Text>
      <ToSignIn />
      <Button variant="subtle" color="gray" fullWidth onClick={onAgain}>
        {t("signUp.again")}
      </Button>
    </Notice>
  );
}

function ToSignIn() {
  const { t } = useTranslation("auth");
  return (
    <ButtonLink to="/sign-in" variant="default" fullWidth>
      {t("signUp.signIn")}
    </ButtonLink>
  );
}
