import { Button, Center } from "@mantine/core";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { Compass, RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { ButtonLink } from "@/components/links/button-link";

export function RouteError({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  if (isMissingChunk(error)) {
    return (
      <Center mih="60vh" p="md" role="alert">
        <EmptyState
          icon={RefreshCw}
          title={t("newVersion.title")}
          text={t("newVersion.text")}
          headingOrder={1}
          action={<Button onClick={() => window.location.reload()}>{t("newVersion.reload")}</Button>}
        />
      </Center>
    );
  }
  return (
    <Center mih="60vh" p="md">
      <ErrorState
        error={error}
        onRetry={() => {
          reset();
          void router.invalidate();
        }}
      />
    </Center>
  );
}

/** A part of the Dashboard that is loaded on demand is gone: the server was updated while this page was open. */
function isMissingChunk(error: unknown): boolean {
  return (
    error instanceof TypeError &&
    /dynamically imported module|importing a module script|module script failed/i.test(error.message)
  );
}

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <Center mih="60vh" p="md">
      <EmptyState
        icon={Compass}
        title={t("notFound.title")}
        text={t("notFound.text")}
        headingOrder={1}
        action={
          <ButtonLink to="/" variant="default">
            {t("notFound.back")}
          </ButtonLink>
        }
      />
    </Center>
  );
}
