import { Group, Loader, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, Link2Off } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/client";
import { ErrorState } from "@/components/error-state";
import { ButtonLink } from "@/components/links/button-link";
import { AuthHeading, Notice } from "./parts";
import { emailConfirmationQuery } from "./queries";
import { useFragmentToken } from "./use-fragment-token";

export function ConfirmEmailPage() {
  const { t } = useTranslation("auth");
  const token = useFragmentToken();
  const confirmation = useQuery({ ...emailConfirmationQuery(token ?? ""), enabled: token !== null });

  if (token === null) {
    return (
      <Notice icon={Link2Off} title={t("confirm.missingTitle")} text={t("confirm.missingText")}>
        <ToSignIn />
      </Notice>
    );
  }
  if (confirmation.data) {
    return (
      <Notice icon={CircleCheck} tone="ok" title={t("confirm.doneTitle")} text={t("confirm.doneText")}>
        <ButtonLink to="/" fullWidth>
          {t("confirm.continue")}
        </ButtonLink>
      </Notice>
    );
  }
  if (confirmation.error instanceof ApiError && !confirmation.error.isTransient) {
    return (
      <Notice icon={Link2Off} tone="bad" title={t("confirm.failedTitle")} text={t("confirm.failedText")}>
        <ToSignIn />
      </Notice>
    );
  }
  if (confirmation.error)
    return <ErrorState error={confirmation.error} onRetry={() => void confirmation.refetch()} />;
  return (
    <>
      <AuthHeading title={t("confirm.title")} />
      <Group gap="sm" role="status">
        <Loader size="xs" />
        <Text c="dimmed">{t("confirm.pending")}</Text>
      </Group>
    </>
  );
}

function ToSignIn() {
  const { t } = useTranslation("auth");
  return (
    <ButtonLink to="/sign-in" variant="default" fullWidth>
      {t("confirm.signIn")}
    </ButtonLink>
  );
}
