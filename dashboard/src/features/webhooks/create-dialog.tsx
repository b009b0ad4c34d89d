import { TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import type { WebhookWithSecretResponse } from "@/api/types";
import { FormBody, FormDialog } from "@/components/form-dialog";
import type { CreateDialogProps } from "@/components/secret-list-page";
import { useCreateWebhook } from "./queries";

type Props = CreateDialogProps<WebhookWithSecretResponse> & { accountId: string };

export function CreateWebhookDialog(props: Props) {
  const { t } = useTranslation("webhooks");
  return (
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={t("create")} size="md" closesOutside>
      <CreateForm {...props} />
    </FormDialog>
  );
}

function CreateForm({ accountId, onClose, onDone }: Props) {
  const { t } = useTranslation("webhooks");
  const create = useCreateWebhook(accountId);
  const [url, setUrl] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (url.trim() === "" || create.isPending) return;
    create.mutate(url.trim(), { onSuccess: onDone });
  };
  return (
    <FormBody
      onSubmit={submit}
      onCancel={onClose}
      submitLabel={t("submit")}
      isPending={create.isPending}
      error={create.error}
      isDisabled={url.trim() === ""}
    >
      <TextInput
        type="url"
        label={t("url")}
        description={t("urlText")}
        placeholder="https://example.com/hooks/yunxin"
        autoComplete="off"
        maxLength={maxLengthOf("CreateWebhookRequest", "url")}
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
        data-autofocus
      />
    </FormBody>
  );
}
