import { Button, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { Link2Off, MailCheck, MailX } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/client";
import { publicPath } from "@/base-path";
import { FormError } from "@/components/form-error";
import { AnchorLink } from "@/components/links/anchor-link";
import { ButtonLink } from "@/components/links/button-link";
import { PagePending } from "@/components/page-pending";
import classes from "./auth.module.css";
import { AuthHeading, Notice } from "./parts";
import { authOptionsQuery, useConfirmPasswordReset, useRequestPasswordReset } from "./queries";
import { EmailField, isEmail, NewPasswordField } from "./shared/fields";
import { isAcceptable } from "./shared/password";
import { useFragmentToken } from "./use-fragment-token";

/** Without a token one asks for a link; with the link's token one chooses the new password. */
export function ResetPasswordPage() {
  const linked = useFragmentToken();
  const [isOver, setIsOver] = useState(false);
  if (linked !== null && !isOver) return <ChoosePassword token={linked} onAskAgain={() => setIsOver(true)} />;
  return <AskForLink />;
}

function AskForLink() {
  const { t } = useTranslation("auth");
  const options = useQuery(authOptionsQuery);
  const [email, setEmail] = useState("");
  const [isChecked, setIsChecked] = useState(false);
  const request = useRequestPasswordReset();

  if (options.isPending) return <PagePending />;
  if (options.data?.sends_email === false) {
    return (
      <Notice icon={MailX} title={t("reset.noMailTitle")} text={t("reset.noMailText")}>
        <BackButton />
      </Notice>
    );
  }
  if (request.isSuccess) {
    return (
      <Notice
        icon={MailCheck}
        tone="ok"
        title={t("reset.sentTitle")}
        text={t("reset.sentText", { email: email.trim() })}
      >
        <BackButton />
        <Button variant="subtle" color="gray" fullWidth onClick={() => request.reset()}>
          {t("reset.again")}
        </Button>
      </Notice>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsChecked(true);
    if (isEmail(email) && !request.isPending) request.mutate(email.trim());
  };
  return (
    <>
      <AuthHeading title={t("reset.title")} text={t("reset.text")} />
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <EmailField
            value={email}
            onChange={setEmail}
            error={isChecked && !isEmail(email) ? t("check.email") : null}
            autoFocus
          />
          <FormError error={request.error} />
          <Button type="submit" fullWidth loading={request.isPending}>
            {t("reset.submit")}
          </Button>
        </Stack>
      </form>
      <p className={classes.foot}>
        <AnchorLink to="/sign-in" size="sm">
          {t("reset.back")}
        </AnchorLink>
      </p>
    </>
  );
}

function ChoosePassword({ token, onAskAgain }: { token: string; onAskAgain: () => void }) {
  const { t } = useTranslation("auth");
  const [password, setPassword] = useState("");
  const [isChecked, setIsChecked] = useState(false);
  const confirm = useConfirmPasswordReset();
  const queryClient = useQueryClient();
  const router = useRouter();
  const error = confirm.error;

  if (error instanceof ApiError && error.code === "invalid_link") {
    return (
      <Notice icon={Link2Off} tone="bad" title={t("reset.invalidTitle")} text={t("reset.invalidText")}>
        <Button fullWidth onClick={onAskAgain}>
          {t("reset.request")}
        </Button>
        <BackButton />
      </Notice>
    );
  }
  const refused = error instanceof ApiError && error.param === "password" ? error.message : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsChecked(true);
    if (!isAcceptable(password, "") || confirm.isPending) return;
    confirm.mutate(
      { token, password },
      {
        onSuccess: () => {
          // Every session ended with the old password, this browser's too.
          queryClient.clear();
          router.history.replace(publicPath("/sign-in?reason=password_changed"));
        },
      },
    );
  };
  return (
    <>
      <AuthHeading title={t("reset.newTitle")} text={t("reset.newText")} />
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <NewPasswordField
            label={t("fields.newPassword")}
            value={password}
            onChange={setPassword}
            email=""
            error={refused ?? (isChecked && !isAcceptable(password, "") ? t("check.weak") : null)}
            autoFocus
          />
          {refused === null ? <FormError error={error} /> : null}
          <Button type="submit" fullWidth loading={confirm.isPending}>
            {t("reset.newSubmit")}
          </Button>
        </Stack>
      </form>
    </>
  );
}

function BackButton() {
  const { t } = useTranslation("auth");
  return (
    <ButtonLink to="/sign-in" variant="default" fullWidth>
      {t("reset.back")}
    </ButtonLink>
  );
}
