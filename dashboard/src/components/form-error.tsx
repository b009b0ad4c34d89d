import { Alert, Text } from "@mantine/core";
import { CircleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/client";
import { useErrorText } from "@/hooks/use-error-text";

/** A write that failed, inside its form. Nothing when there is no error. */
export function FormError({ error, title }: { error: unknown; title?: string }) {
  const { t } = useTranslation();
  const text = useErrorText();
  if (error == null) return null;
  const requestId = error instanceof ApiError && error.status >= 500 ? error.requestId : null;
  return (
    <Alert color="red" role="alert" title={title} icon={<CircleAlert size={18} />}>
      <span className="yx-untrusted">{text(error)}</span>
      {requestId ? (
        <Text size="xs" mt={4} className="yx-untrusted">
          {t("errors.requestId")} {requestId}
        </Text>
      ) : null}
    </Alert>
  );
}
