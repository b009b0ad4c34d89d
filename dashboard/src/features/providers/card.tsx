import { ActionIcon, Button, Group, Menu, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleX, Ellipsis, Eye, Pencil, PlugZap, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { AdminProviderResponse, ProviderTestResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { OriginBadge } from "@/components/origin-badge";
import { StatusBadge, type Tone } from "@/components/status-badge";
import textClasses from "@/components/text.module.css";
import { useErrorText } from "@/hooks/use-error-text";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { ProviderDialog } from "./dialog";
import classes from "./providers.module.css";
import styles from "./providers.module.css";
import { useDeleteProvider, useTestProvider } from "./queries";

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

/** What the provider said when it was last asked, and how long it took. */
export function TestResult({ result, error }: { result?: ProviderTestResponse; error?: unknown }) {
  const { t } = useTranslation("providers");
  const text = useErrorText();
  const format = useFormat();
  const isGood = result?.ok === true;
  return (
    <div role="status">
      {result || error ? (
        <div className={styles.result} data-tone={isGood ? "ok" : "bad"}>
          {isGood ? <CircleCheck size={15} aria-hidden /> : <CircleX size={15} aria-hidden />}
          <div style={{ minWidth: 0 }}>
            <strong>
              {result
                ? t(isGood ? "testOk" : "testBad", {
                    time: format.duration(result.duration_ms),
                  })
                : t("testFailed")}
              {result?.status ? ` · HTTP ${result.status}` : ""}
            </strong>
            <div className="yx-untrusted">{result ? result.message : text(error)}</div>
          </div>
        </div>
      ) : null}
    </div>
  );
}

function ProviderMenu({ provider }: { provider: AdminProviderResponse }) {
  const { t } = useTranslation(["providers", "common"]);
  const notify = useNotify();
  const remove = useDeleteProvider();
  const [isEditing, edit] = useDisclosure(false);
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
          <Menu.Item leftSection={isOurs ? <Pencil size={15} /> : <Eye size={15} />} onClick={edit.open}>
            {isOurs ? t("common:edit") : t("common:look")}
          </Menu.Item>
          {isOurs ? (
            <Menu.Item
              color="red"
              leftSection={<Trash2 size={15} />}
              disabled={provider.deployments > 0}
              onClick={removal.open}
            >
              {provider.deployments > 0 ? t("inUse") : t("common:delete")}
            </Menu.Item>
          ) : null}
        </Menu.Dropdown>
      </Menu>
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
