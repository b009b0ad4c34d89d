import { Checkbox, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { useCreateManagementKey } from "@/api/operator-queries";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";
import { DAY_MS } from "@/lib/format";

const SCOPES = ["admin:read", "admin:write"] as const;
const LIFETIMES = ["30", "90", "365", "never"] as const;

interface ManagementKeyDialogProps {
  isOpen: boolean;
  onClose: () => void;
  onSecret: (secret: string) => void;
}

export function ManagementKeyDialog(props: ManagementKeyDialogProps) {
  const { t } = useTranslation("operator");
  return (
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={t("managementKeys.create")} size="md">
      <ManagementKeyForm {...props} />
    </FormDialog>
  );
}

function ManagementKeyForm({ onClose, onSecret }: ManagementKeyDialogProps) {
  const { t } = useTranslation("operator");
  const create = useCreateManagementKey();
  const form = useForm<{ name: string; scopes: string[]; days: string }>({
    initialValues: { name: "", scopes: ["admin:read"], days: "90" },
    validate: {
      name: (value) => (value.trim() ? null : t("managementKeys.nameNeeded")),
      scopes: (value) => (value.length > 0 ? null : t("managementKeys.scopeNeeded")),
    },
  });
  const { submit, isPending, error } = useSubmit(form, ["name", "scopes"]);
  const onSubmit = form.onSubmit(({ name, scopes, days }) =>
    submit(async () => {
      const made = await create.mutateAsync({
        name: name.trim(),
        scopes,
        ...(days === "never"
          ? {}
          : { expires_at: new Date(Date.now() + Number(days) * DAY_MS).toISOString() }),
      });
      if (made.secret) onSecret(made.secret);
    }, onClose),
  );
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={t("managementKeys.create")}
      isPending={isPending}
      error={error}
    >
      <TextInput
        label={t("managementKeys.name")}
        placeholder={t("managementKeys.namePlaceholder")}
        required
        maxLength={100}
        data-autofocus
        {...form.getInputProps("name")}
      />
      <Checkbox.Group label={t("managementKeys.scopes")} {...form.getInputProps("scopes")}>
        <Stack gap={8} mt={6}>
          {SCOPES.map((scope) => (
            <Checkbox
              key={scope}
              value={scope}
              label={t(scope === "admin:read" ? "managementKeys.read" : "managementKeys.write")}
              description={scope}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      <Select
        label={t("managementKeys.lifetime")}
        data={LIFETIMES.map((value) => ({ value, label: t(`managementKeys.lifetimes.${value}`) }))}
        allowDeselect={false}
        {...form.getInputProps("days")}
      />
    </FormBody>
  );
}
