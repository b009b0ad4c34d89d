import { ActionIcon, Button, Group, Menu, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleX, Ellipsis, Eye, Pencil, PlugZap, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useDeleteProvider, useTestProvider } from "@/api/operator-queries";
import type { AdminProviderResponse, ProviderTestResponse } from "@/api/types";
import { OriginBadge } from "@/components/badges";
import { ConfirmDialog } from "@/components/confirm-dialog";
import classes from "@/components/operator.module.css";
import { StatusBadge, type Tone } from "@/components/status-badge";
import { useErrorText } from "@/hooks/use-error-text";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { ProviderDialog } from "./dialog";
import styles from "./providers.module.css";

export function ProviderCard({ provider }: { provider: AdminProviderResponse }) {
  const { t } = useTranslation("operator");
  const test = useTestProvider();
  return (
    <li className={styles.item}>
      <div className={styles.itemTop}>
        <span className={styles.monogram} aria-hidden>
          {provider.name.slice(0, 2).toUpperCase()}
        </span>
        <div style={{ minWidth: 0, flex: "1 1 220px" }}>
          <Group gap={8}>
            <h2 className={`${classes.heading} yx-untrusted`}>{provider.name}</h2>
            <OriginBadge origin={provider.origin} />
            {provider.serves_test_keys ? (
              <StatusBadge tone="info">{t("providers.testKeys")}</StatusBadge>
            ) : null}
          </Group>
          <Text size="xs" c="dimmed" className={classes.wrap}>
            {provider.kind}
            {provider.base_url ? (
              <>
                {" · "}
                <span className={classes.mono}>{provider.base_url}</span>
              </>
            ) : null}
          </Text>
        </div>
        <CredentialState provider={provider} />
        <Link
          to={`/operator/deployments?query=${encodeURIComponent(provider.name)}` as "/"}
          className={classes.textLink}
        >
          {t("deploymentsCount", { count: provider.deployments })}
        </Link>
        <Group gap={4} wrap="nowrap">
          <Button
            size="xs"
            variant="default"
            leftSection={<PlugZap size={14} />}
            loading={test.isPending}
            onClick={() => test.mutate(provider.name)}
            aria-label={t("providers.testNamed", { name: provider.name })}
          >
            {t("providers.test")}
          </Button>
          <ProviderMenu provider={provider} />
        </Group>
      </div>
      <TestResult result={test.data} error={test.error} />
    </li>
  );
}

function CredentialState({ provider }: { provider: AdminProviderResponse }) {
  const { t } = useTranslation("operator");
  const { source, env, is_set } = provider.credential;
  const tone: Tone = source === "none" ? "neutral" : is_set ? "ok" : "bad";
  const text =
    source === "none"
      ? t("providers.credential.none")
      : source === "sealed"
        ? t("providers.credential.sealed")
        : is_set
          ? t("providers.credential.env", { name: env })
          : t("providers.credential.envMissing", { name: env });
  return <StatusBadge tone={tone}>{text}</StatusBadge>;
}

/** What the provider said when it was last asked, and how long it took. */
export function TestResult({ result, error }: { result?: ProviderTestResponse; error?: unknown }) {
  const { t } = useTranslation("operator");
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
                ? t(isGood ? "providers.testOk" : "providers.testBad", {
                    time: format.duration(result.duration_ms),
                  })
                : t("providers.testFailed")}
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
  const { t } = useTranslation("operator");
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
          <ActionIcon aria-label={t("actionsFor", { name })} size="lg">
            <Ellipsis size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={isOurs ? <Pencil size={15} /> : <Eye size={15} />} onClick={edit.open}>
            {isOurs ? t("edit") : t("look")}
          </Menu.Item>
          {isOurs ? (
            <Menu.Item
              color="red"
              leftSection={<Trash2 size={15} />}
              disabled={provider.deployments > 0}
              onClick={removal.open}
            >
              {provider.deployments > 0 ? t("providers.inUse") : t("delete")}
            </Menu.Item>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      <ProviderDialog provider={provider} isOpen={isEditing} onClose={edit.close} />
      <ConfirmDialog
        isOpen={isRemoving}
        onClose={removal.close}
        title={t("providers.removeTitle", { name })}
        confirmLabel={t("providers.remove")}
        isDangerous
        typed={name}
        onConfirm={async () => {
          await remove.mutateAsync(name);
          notify.done(t("providers.removed", { name }));
        }}
      >
        <Text size="sm">{t("providers.removeText")}</Text>
      </ConfirmDialog>
    </>
  );
}
