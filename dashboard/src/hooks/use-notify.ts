import { notifications } from "@mantine/notifications";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "./use-error-text";

/** Short messages after a write. */
export function useNotify() {
  const { t } = useTranslation();
  const text = useErrorText();
  return useMemo(
    () => ({
      done: (message: string) => notifications.show({ color: "green", message }),
      failed: (error: unknown) =>
        notifications.show({
          color: "red",
          title: t("errors.writeTitle"),
          message: text(error),
          autoClose: 8000,
        }),
    }),
    [t, text],
  );
}
