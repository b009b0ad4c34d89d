import { ActionIcon, Button, Group, Menu, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { Ellipsis, Eye, KeyRound, ListPlus, Pencil, PlugZap, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { AdminProviderResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { OriginBadge } from "@/components/origin-badge";
import { StatusBadge, type Tone } from "@/components/status-badge";
import textClasses from "@/components/text.module.css";
import { useNotify } from "@/hooks/use-notify";
import { ConnectSheet } from "./connect/sheet";
import { CredentialsDialog } from "./credentials-dialog";
import { ProviderDialog } from "./dialog";
import classes from "./providers.module.css";
import styles from "./providers.module.css";
import { useDeleteProvider, useTestProvider } from "./queries";
import { TestResult } from "./test-result";

export function ProviderCard({ provider }: { provider: AdminProviderResponse }) {
  const { t } = useTranslation("providers");
  const test = useTestProvider();
  return (
    <li className={styles.item}>
      <div className={styles.itemTop}>
        <span className={styles.monogram} aria-hidden>
          {provider.name.slice(0, 2).toUpperCase()}
        </span>
        <div style={{ minWidth: 0, flex: "1 1 220px" }}>
          <Group gap={8}>
            <h2 className={`${textClasses.heading} yx-untrusted`}>{provider.name}</h2>
            <OriginBadge origin={provider.origin} />
            {provider.serves_test_keys ? <StatusBadge tone="info">{t("testKeys")}</StatusBadge> : null}
          </Group>
          <Text size="xs" c="dimmed" className={classes.wrap}>
            {provider.kind}
            {provider.base_url ? (
              <>
                {" · "}
                <span className={textClasses.mono}>{provider.base_url}</span>
              </>
            ) : null}
          </Text>
        </div>
        <CredentialState provider={provider} />
        <Link to="/operator/deployments" search={{ query: provider.name }} className={textClasses.textLink}>
          {t("deploymentsCount", { count: provider.deployments })}
        </Link>
        <Group gap={4} wrap="nowrap">
          <Button
            size="xs"
            variant="default"
            leftSection={<PlugZap size={14} />}
            loading={test.isPending}
            onClick={() => test.mutate(provider.name)}
            aria-label={t("testNamed", { name: provider.name })}
          >
            {t("test")}
          </Button>
          <ProviderMenu provider={provider} />
        </Group>
      </div>
      <TestResult result={test.data} error={test.error} />
    </li>
  );
}

function CredentialState({ provider }: { provider: AdminProviderResponse }) {
  const { t } = useTranslation("providers");
  const { source, env } = provider.credential;
  const isSet = provider.is_credential_set;
  const several = provider.credentials.length + (source === "none" ? 0 : 1);
  if (several > 1) {
    return (
      <StatusBadge tone={isSet ? "ok" : "bad"}>{t("credentials.count", { count: several })}</StatusBadge>
    );
  }
  const tone: Tone = source === "none" ? "neutral" : isSet ? "ok" : "bad";
  const text =
    source === "none"
      ? t("credential.none")
      : source === "sealed"
        ? t("credential.sealed")
        : isSet
          ? t("credential.env", { name: env })
          : t("credential.envMissing", { name: env });
  return <StatusBadge tone={tone}>{text}</StatusBadge>;
}

function ProviderMenu({ provider }: { provider: AdminProviderResponse }) {
  const { t } = useTranslation(["providers", "common"]);
  const notify = useNotify();
  const remove = useDeleteProvider();
  const [isEditing, edit] = useDisclosure(false);
  const [isAdding, adding] = useDisclosure(false);
  const [isOnCredentials, credentials] = useDisclosure(false);
  const [isRemoving, removal] = useDisclosure(false);
  const isOurs = provider.origin === "database";
  const name = provider.name;
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon aria-label={t("common:actionsFor", { name })} size="lg">
            <Ellipsis size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<ListPlus size={15} />} onClick={adding.open}>
            {t("connect.addModels")}
          </Menu.Item>
          <Menu.Item leftSection={<KeyRound size={15} />} onClick={credentials.open}>
            {t("credentials.open")}
          </Menu.Item>
          <Menu.Item leftSection={isOurs ? <Pencil size={15} /> : <Eye size={15} />} onClick={edit.open}>
            {isOurs ? t("common:edit") : t("common:look")}
          </Menu.Item>
          {isOurs ? (
            <Menu.Item
              color="var(--yx-bad)"
              leftSection={<Trash2 size={15} />}
              disabled={provider.deployments > 0}
              onClick={removal.open}
            >
              {provider.deployments > 0 ? t("inUse") : t("common:delete")}
            </Menu.Item>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      <ConnectSheet provider={provider} isOpen={isAdding} onClose={adding.close} />
      <CredentialsDialog provider={provider} isOpen={isOnCredentials} onClose={credentials.close} />
      <ProviderDialog provider={provider} isOpen={isEditing} onClose={edit.close} />
      <ConfirmDialog
        isOpen={isRemoving}
        onClose={removal.close}
        title={t("removeTitle", { name })}
        confirmLabel={t("remove")}
        isDangerous
        typed={name}
        onConfirm={async () => {
          await remove.mutateAsync(name);
          notify.done(t("removed", { name }));
        }}
      >
        <Text size="sm">{t("removeText")}</Text>
      </ConfirmDialog>
    </>
  );
}
