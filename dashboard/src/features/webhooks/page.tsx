import { Button, Code, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Plus, Webhook } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import { useCreateWebhook, webhooksQuery } from "@/api/settings-queries";
import type { WebhookWithSecretResponse } from "@/api/types";
import { DataTable, plainSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { FormError } from "@/components/form-error";
import { NoPermission } from "@/components/no-permission";
import { PageHeader } from "@/components/page-header";
import { SecretDialog } from "@/components/secret-dialog";
import { useNow } from "@/hooks/use-now";
import { useWebhookColumns } from "./columns";

const URL_CHARS_MAX = 2000;

/** Where the account is told of what is noticed about its keys. */
export function WebhooksPage() {
  const { t } = useTranslation("settings");
  const account = useAccount();
  const isAllowed = account.can("admin");
  const webhooks = useQuery({ ...webhooksQuery(account.id), enabled: isAllowed });
  const now = useNow(30_000);
  const columns = useWebhookColumns(now);
  const [isCreating, setIsCreating] = useState(false);
  const [created, setCreated] = useState<WebhookWithSecretResponse | null>(null);
  const create = isAllowed ? (
    <Button leftSection={<Plus size={15} aria-hidden />} onClick={() => setIsCreating(true)}>
      {t("webhooks.create")}
    </Button>
  ) : null;
  return (
    <>
      <PageHeader title={t("webhooks.title")} description={t("webhooks.text")} actions={create} />
      {isAllowed ? (
        <DataTable
          label={t("webhooks.title")}
          columns={columns}
          source={plainSource(webhooks)}
          rowKey={(webhook) => webhook.id}
          isRowDimmed={(webhook) => !webhook.is_enabled}
          empty={
            <EmptyState
              icon={Webhook}
              title={t("webhooks.empty")}
              text={t("webhooks.emptyText")}
              action={create}
            />
          }
        />
      ) : (
        <NoPermission needed="admin" />
      )}
      <CreateDialog
        accountId={account.id}
        isOpen={isCreating}
        onClose={() => setIsCreating(false)}
        onDone={(answer) => {
          setIsCreating(false);
          setCreated(answer);
        }}
      />
      <SecretDialog
        secret={created?.secret ?? null}
        title={t("webhooks.secretTitle")}
        onClose={() => setCreated(null)}
      >
        <Text size="sm">
          {t("webhooks.secretText")} <Code>webhook-id.webhook-timestamp.body</Code>
        </Text>
      </SecretDialog>
    </>
  );
}

interface CreateDialogProps {
  accountId: string;
  isOpen: boolean;
  onClose: () => void;
  onDone: (answer: WebhookWithSecretResponse) => void;
}

function CreateDialog(props: CreateDialogProps) {
  const { t } = useTranslation("settings");
  return (
    <Modal opened={props.isOpen} onClose={props.onClose} title={<Text fw={600}>{t("webhooks.create")}</Text>}>
      {props.isOpen ? <CreateForm {...props} /> : null}
    </Modal>
  );
}

function CreateForm({ accountId, onClose, onDone }: CreateDialogProps) {
  const { t } = useTranslation(["settings", "common"]);
  const create = useCreateWebhook(accountId);
  const [url, setUrl] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (url.trim() === "" || create.isPending) return;
    create.mutate(url.trim(), { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          type="url"
          label={t("webhooks.url")}
          description={t("webhooks.urlText")}
          placeholder="https://example.com/hooks/yunxin"
          autoComplete="off"
          maxLength={URL_CHARS_MAX}
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          data-autofocus
        />
        <FormError error={create.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button type="submit" loading={create.isPending} disabled={url.trim() === ""}>
            {t("webhooks.submit")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
