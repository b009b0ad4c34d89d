import { Button, Group, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { LogOut, RotateCw, UserRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { meQuery, useMe, useSignOut } from "@/api/session";
import { CopyButton } from "@/components/copy-button";
import { EmptyState } from "@/components/empty-state";
import { PageHeader } from "@/components/page-header";
import { useNotify } from "@/hooks/use-notify";

/** For a user who belongs to no account: whom to ask, what to tell them, and how to see that it is done. */
export function NoAccountPage() {
  const { t } = useTranslation();
  const { user } = useMe();
  const signOut = useSignOut();
  const notify = useNotify();
  const queryClient = useQueryClient();
  const router = useRouter();
  const [isChecking, setIsChecking] = useState(false);
  const check = async () => {
    setIsChecking(true);
    try {
      await queryClient.fetchQuery({ ...meQuery, staleTime: 0 });
      await router.invalidate();
    } catch (error) {
      notify.failed(error);
    }
    setIsChecking(false);
  };
  return (
    <>
      <PageHeader title={t("noAccount.title")} />
      <EmptyState
        icon={UserRound}
        title={t("noAccount.heading")}
        text={t("noAccount.text")}
        action={
          <>
            <Group gap={4} justify="center" mb="md">
              <Text size="sm" c="dimmed">
                {t("noAccount.address")}
              </Text>
              <Text size="sm" fw={500} className="yx-untrusted">
                {user.email}
              </Text>
              <CopyButton value={user.email} label={t("noAccount.copyAddress")} />
            </Group>
            <Group gap="xs" justify="center">
              <Button leftSection={<RotateCw size={15} aria-hidden />} loading={isChecking} onClick={check}>
                {t("noAccount.check")}
              </Button>
              <Button
                variant="default"
                leftSection={<LogOut size={15} aria-hidden />}
                loading={signOut.isPending}
                onClick={() => signOut.mutate()}
              >
                {t("shell.signOut")}
              </Button>
            </Group>
          </>
        }
      />
    </>
  );
}
