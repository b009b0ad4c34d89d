import { Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import { useCreateManagementKey } from "@/api/settings-queries";
import type { ManagementKeyWithSecretResponse } from "@/api/types";
import { FormError } from "@/components/form-error";
import { DAY_MS } from "@/lib/format";
import { AccessPicker } from "./access-picker";
import { type AccessByArea, scopesOf } from "./scopes";

const NAME_CHARS_MAX = 100;
const EXPIRIES = ["30", "90", "365", "never"] as const;
type Expiry = (typeof EXPIRIES)[number];

interface CreateManagementKeyDialogProps {
  isOpen: boolean;
  onClose: () => void;
  onDone: (answer: ManagementKeyWithSecretResponse) => void;
}

export function CreateManagementKeyDialog(props: CreateManagementKeyDialogProps) {
  const { t } = useTranslation("settings");
  return (
    <Modal
      opened={props.isOpen}
      onClose={props.onClose}
      title={<Text fw={600}>{t("managementKeys.create")}</Text>}
      size="lg"
    >
      {props.isOpen ? <Form {...props} /> : null}
    </Modal>
  );
}

function Form({ onClose, onDone }: CreateManagementKeyDialogProps) {
  const { t } = useTranslation(["settings", "common"]);
  const account = useAccount();
  const create = useCreateManagementKey(account.id);
  const [name, setName] = useState("");
  const [expiry, setExpiry] = useState<Expiry>("90");
  const [access, setAccess] = useState<AccessByArea>({});
  const [isChecked, setIsChecked] = useState(false);
  const scopes = scopesOf(access);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsChecked(true);
    if (name.trim() === "" || scopes.length === 0 || create.isPending) return;
    const end = expiry === "never" ? null : new Date(Date.now() + Number(expiry) * DAY_MS).toISOString();
    create.mutate({ name: name.trim(), scopes, ...(end ? { expires_at: end } : {}) }, { onSuccess: onDone });
  };

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          label={t("managementKeys.name")}
          description={t("managementKeys.nameText")}
          placeholder={t("managementKeys.namePlaceholder")}
          autoComplete="off"
          maxLength={NAME_CHARS_MAX}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={isChecked && name.trim() === "" ? t("managementKeys.nameMissing") : null}
          data-autofocus
        />
        <AccessPicker
          value={access}
          onChange={setAccess}
          error={isChecked && scopes.length === 0 ? t("managementKeys.accessMissing") : null}
        />
        <Select
          label={t("managementKeys.expiry.label")}
          description={expiry === "never" ? t("managementKeys.expiry.neverText") : undefined}
          inputWrapperOrder={["label", "input", "description", "error"]}
          allowDeselect={false}
          maw={260}
          data={EXPIRIES.map((value) => ({ value, label: t(`managementKeys.expiry.${value}`) }))}
          value={expiry}
          onChange={(value) => setExpiry((value ?? "90") as Expiry)}
        />
        <FormError error={create.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t("managementKeys.submit")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
