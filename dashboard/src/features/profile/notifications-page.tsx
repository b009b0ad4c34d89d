import { Alert, Switch, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { MailX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { meQuery, useMe, useUpdateMe } from "@/api/session";
import type { MeResponse } from "@/api/types";
import { PageHeader } from "@/components/page-header";
import sectionClasses from "@/components/section.module.css";
import { authOptionsQuery } from "@/features/auth/queries";
import { useNotify } from "@/hooks/use-notify";

const KINDS = ["security", "rotation"] as const;

export function NotificationsPage() {
  const { t } = useTranslation("profile");
  const { user } = useMe();
  const notify = useNotify();
  const update = useUpdateMe();
  const queryClient = useQueryClient();
  const options = useQuery(authOptionsQuery).data;

  const turn = (kind: (typeof KINDS)[number], isOn: boolean) => {
    const show = (value: boolean) =>
      queryClient.setQueryData(
        meQuery.queryKey,
        (me: MeResponse | undefined) =>
          me && { ...me, user: { ...me.user, notifications: { ...me.user.notifications, [kind]: value } } },
      );
    // The switch moves at once, and back when the server did not take it.
    show(isOn);
    update.mutate(
      { notifications: { [kind]: isOn } },
      {
        onError: (error) => {
          show(!isOn);
          notify.failed(error);
        },
      },
    );
  };

  return (
    <>
      <PageHeader
        title={t("notifications.title")}
        description={<span className="yx-untrusted">{t("notifications.text", { email: user.email })}</span>}
      />
      {options?.sends_email === false ? (
        <Alert color="amber" icon={<MailX size={18} />} mb="md">
          {t("notifications.noMail")}
        </Alert>
      ) : null}
      <div className={sectionClasses.section}>
        {KINDS.map((kind) => (
          <div key={kind} className={sectionClasses.row}>
            <div>
              <Text size="sm" fw={600} id={`notify-${kind}`}>
                {t(`notifications.${kind}`)}
              </Text>
              <Text size="sm" c="dimmed" maw={520} id={`notify-${kind}-text`}>
                {t(`notifications.${kind}Text`)}
              </Text>
            </div>
            <Switch
              aria-labelledby={`notify-${kind}`}
              aria-describedby={`notify-${kind}-text`}
              checked={user.notifications[kind]}
              onChange={(event) => turn(kind, event.currentTarget.checked)}
            />
          </div>
        ))}
      </div>
    </>
  );
}
