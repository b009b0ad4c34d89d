import { Alert, Code, Group, List, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApiKeyResponse, ApiKeyWithSecretResponse } from "@/api/types";
import { CodeBlock } from "@/components/code-block";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { CopyButton } from "@/components/copy-button";
import { SecretDialog } from "@/components/secret-dialog";
import { useModels } from "@/features/models/queries";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { isolated } from "@/lib/bidi";
import { firstCall } from "@/lib/code-samples";
import { CHAT } from "@/lib/operations";
import { CreateDialog } from "./create-dialog";
import { EditDialog } from "./edit-dialog";
import { LastUse } from "./last-use";
import { useEndGrace, useRevokeApiKey } from "./queries";
import { RegenerateDialog } from "./regenerate-dialog";
import { exampleModel } from "./shared/example-model";
import type { KeyDialog, KeyDialogsProps } from "./shared/key-dialog";

/** Every dialog that changes a key; a page says which one is open. */
export default function AllKeyDialogs({ accountId, dialog, onClose }: KeyDialogsProps) {
  const { t } = useTranslation("api-keys");
  const [shown, setShown] = useState<ApiKeyWithSecretResponse | null>(null);
  const keyFor = (kind: KeyDialog["kind"]) =>
    dialog?.kind === kind && "apiKey" in dialog ? dialog.apiKey : null;
  const show = (response: ApiKeyWithSecretResponse) => {
    if (response.secret) setShown(response);
    // The first response got lost on its way, and a secret is in one response only.
    else notifications.show({ color: "amber", message: t("secretLost"), autoClose: false });
  };

  return (
    <>
      <CreateDialog
        accountId={accountId}
        isOpen={dialog?.kind === "create"}
        onClose={onClose}
        onCreated={show}
      />
      <EditDialog accountId={accountId} apiKey={keyFor("edit")} onClose={onClose} />
      <RegenerateDialog
        accountId={accountId}
        apiKey={keyFor("regenerate")}
        onClose={onClose}
        onRegenerated={show}
      />
      <RevokeDialog accountId={accountId} apiKey={keyFor("revoke")} onClose={onClose} />
      <EndGraceDialog accountId={accountId} apiKey={keyFor("endGrace")} onClose={onClose} />
      <SecretDialog
        secret={shown?.secret ?? null}
        title={t("secretTitle", { name: isolated(shown?.api_key.name ?? "") })}
        onClose={() => setShown(null)}
      >
        {shown ? <NextSteps accountId={accountId} apiKey={shown.api_key} /> : null}
      </SecretDialog>
    </>
  );
}

function NextSteps({ accountId, apiKey }: { accountId: string; apiKey: ApiKeyResponse }) {
  const { t } = useTranslation("api-keys");
  const models = useModels(accountId);
  const allowed = apiKey.restrictions.models;
  const model = allowed?.[0] ?? exampleModel(models.data, apiKey.environment) ?? "MODEL_ID";
  return (
    <Stack gap="xs">
      <Text size="sm">{t("nextSteps")}</Text>
      <CodeBlock samples={firstCall(CHAT, model)} label={t("samplesLabel")} />
    </Stack>
  );
}

interface OneKeyDialogProps {
  accountId: string;
  apiKey: ApiKeyResponse | null;
  onClose: () => void;
}

function RevokeDialog({ accountId, apiKey, onClose }: OneKeyDialogProps) {
  const { t } = useTranslation("api-keys");
  const format = useFormat();
  const notify = useNotify();
  const revoke = useRevokeApiKey(accountId, apiKey?.id ?? "");
  const lately = apiKey?.usage_7d.reduce((sum, requests) => sum + requests, 0) ?? 0;
  return (
    <ConfirmDialog
      isOpen={apiKey !== null}
      onClose={onClose}
      title={t("revoke.title")}
      confirmLabel={t("revoke.submit")}
      typed={apiKey?.name}
      isDangerous
      onConfirm={async () => {
        await revoke.mutateAsync();
        notify.done(t("revoke.done"));
      }}
    >
      {apiKey ? (
        <Stack gap="sm">
          <Group gap="xs" wrap="nowrap">
            <Text size="sm">
              <strong className="yx-untrusted">{apiKey.name}</strong> <Code>{apiKey.hint}</Code>
            </Text>
            {/* Names may hold characters that no keyboard has. */}
            <CopyButton value={apiKey.name} label={t("copyName")} />
          </Group>
          <Alert color="red" title={t("whatHappens")}>
            <List size="sm" spacing={4}>
              <List.Item>{t("revoke.atOnce")}</List.Item>
              <List.Item>{t("revoke.forGood")}</List.Item>
              <List.Item>{t("revoke.stays")}</List.Item>
            </List>
          </Alert>
          <Text size="sm">
            {lately > 0
              ? t("revoke.inUse", { count: lately, requests: format.number(lately) })
              : t("revoke.idle")}
            {apiKey.last_use ? (
              <>
                {" "}
                {t("lastUsedWas")} <LastUse use={apiKey.last_use} isInline />
              </>
            ) : null}
          </Text>
        </Stack>
      ) : null}
    </ConfirmDialog>
  );
}

function EndGraceDialog({ accountId, apiKey, onClose }: OneKeyDialogProps) {
  const { t } = useTranslation("api-keys");
  const notify = useNotify();
  const end = useEndGrace(accountId, apiKey?.id ?? "");
  return (
    <ConfirmDialog
      isOpen={apiKey !== null}
      onClose={onClose}
      title={t("endGrace.title")}
      confirmLabel={t("endGrace.submit")}
      isDangerous
      onConfirm={async () => {
        await end.mutateAsync();
        notify.done(t("endGrace.done"));
      }}
    >
      <Text size="sm">{t("endGrace.text")}</Text>
    </ConfirmDialog>
  );
}
