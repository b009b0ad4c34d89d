import { Button, Drawer, Group, Skeleton, Text } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { Boxes, Code, Eraser, KeyRound, Settings2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { ButtonLink } from "@/components/links/button-link";
import { NoPermission } from "@/components/no-permission";
import { PageHeader } from "@/components/page-header";
import { ChatPanel } from "./chat-panel";
import { CodeDialog } from "./code-dialog";
import classes from "./playground.module.css";
import { SettingsPanel } from "./settings-panel";
import { type Playground, usePlayground } from "./use-playground";

export function PlaygroundPage() {
  const { t } = useTranslation("playground");
  const account = useAccount();
  if (!account.can("member")) {
    return (
      <>
        <PageHeader title={t("title")} />
        <NoPermission needed="member" />
      </>
    );
  }
  return <PlaygroundForMembers />;
}

function PlaygroundForMembers() {
  const { t } = useTranslation("playground");
  const playground = usePlayground();
  const { conversation } = playground;
  const [isCodeOpen, code] = useDisclosure(false);
  const [isSettingsOpen, settings] = useDisclosure(false);
  const isNarrow = useMediaQuery("(max-width: 74.99em)", undefined, { getInitialValueInEffect: false });
  const isPhone = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  const blocker = useBlocker(playground);
  const clear = useClear(playground);
  return (
    <>
      <PageHeader
        title={t("title")}
        description={isPhone && !blocker ? undefined : t("description")}
        actions={
          blocker ? undefined : (
            <>
              <Button
                variant="default"
                size={isPhone ? "xs" : "sm"}
                leftSection={<Eraser size={15} />}
                disabled={conversation.turns.length === 0}
                onClick={clear}
              >
                {isPhone ? t("clearShort") : t("clear")}
              </Button>
              <Button
                variant="default"
                size={isPhone ? "xs" : "sm"}
                leftSection={<Code size={15} />}
                onClick={code.open}
              >
                {t("code.open")}
              </Button>
              {isNarrow ? (
                <Button
                  variant="default"
                  size={isPhone ? "xs" : "sm"}
                  leftSection={<Settings2 size={15} />}
                  onClick={settings.open}
                >
                  {t("settings.title")}
                </Button>
              ) : null}
            </>
          )
        }
      />
      {blocker ?? (
        <div className={classes.layout}>
          <ChatPanel playground={playground} />
          {isNarrow ? (
            <Drawer
              opened={isSettingsOpen}
              onClose={settings.close}
              position="right"
              title={<Text fw={600}>{t("settings.title")}</Text>}
              size="sm"
            >
              <SettingsPanel playground={playground} />
            </Drawer>
          ) : (
            <aside className={classes.settings} aria-label={t("settings.title")}>
              <SettingsPanel playground={playground} />
            </aside>
          )}
          <CodeDialog playground={playground} isOpen={isCodeOpen} onClose={code.close} />
        </div>
      )}
    </>
  );
}

/** Empties the conversation, and offers it back. */
function useClear({ store }: Playground) {
  const { t } = useTranslation("playground");
  return () => {
    const id = `playground-cleared-${Date.now()}`;
    const { turns } = store.get();
    store.clear();
    const undo = () => {
      if (store.get().turns.length === 0) store.change({ turns });
      notifications.hide(id);
    };
    notifications.show({
      id,
      autoClose: 8000,
      message: (
        <Group justify="space-between" wrap="nowrap">
          {t("cleared")}
          <Button size="compact-sm" variant="light" onClick={undo}>
            {t("undo")}
          </Button>
        </Group>
      ),
    });
  };
}

/** What must be there before anybody can chat. */
function useBlocker({ keys, models, usableKeys, chatModels, account }: Playground) {
  const { t } = useTranslation("playground");
  const { t: common } = useTranslation();
  const failed = keys.data ? (models.data ? null : models) : keys;
  if (failed?.error) return <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!usableKeys || !chatModels) {
    return (
      <div role="status" aria-label={common("loading")}>
        <Skeleton height={420} radius="lg" />
      </div>
    );
  }
  if (usableKeys.length === 0) {
    return (
      <EmptyState
        icon={KeyRound}
        title={t("noKey.title")}
        text={t("noKey.text")}
        action={
          <ButtonLink to="/a/$accountId/api-keys" params={{ accountId: account.id }}>
            {t("noKey.action")}
          </ButtonLink>
        }
      />
    );
  }
  if (chatModels.length === 0) {
    return <EmptyState icon={Boxes} title={t("noModel.title")} text={t("noModel.text")} />;
  }
  return null;
}
