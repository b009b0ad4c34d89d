import { Select, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import type { TierResponse } from "@/api/types";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";
import { useNotify } from "@/hooks/use-notify";
import { useTierName } from "@/hooks/use-tier-name";
import { useCreateAccount } from "./queries";

interface CreateAccountDialogProps {
  isOpen: boolean;
  onClose: () => void;
  tiers: TierResponse[];
}

export function CreateAccountDialog(props: CreateAccountDialogProps) {
  const { t } = useTranslation("accounts");
  return (
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={t("list.create")} size="md">
      <CreateAccountForm {...props} />
    </FormDialog>
  );
}

function CreateAccountForm({ onClose, tiers }: CreateAccountDialogProps) {
  const { t } = useTranslation("accounts");
  const tierName = useTierName();
  const navigate = useNavigate();
  const notify = useNotify();
  const create = useCreateAccount();
  const form = useForm({
    initialValues: { email: "", name: "", tier: tiers[0]?.id ?? "free" },
    validate: { email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : t("list.emailWrong")) },
  });
  const { submit, isPending, error } = useSubmit(form, ["email", "name", "tier"]);
  const onSubmit = form.onSubmit((values) =>
    submit(async () => {
      const name = values.name.trim();
      const account = await create.mutateAsync({
        email: values.email.trim(),
        tier: values.tier,
        ...(name ? { name } : {}),
      });
      await navigate({ to: "/operator/accounts/$id", params: { id: account.id } });
      notify.done(t("list.createdNote", { name: account.name || account.email }));
    }, onClose),
  );
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={t("list.create")}
      isPending={isPending}
      error={error}
    >
      <Text size="sm" c="dimmed">
        {t("list.createText")}
      </Text>
      <TextInput
        label={t("list.email")}
        description={t("list.emailHelp")}
        type="email"
        required
        maxLength={maxLengthOf("CreateAccountRequest", "email")}
        data-autofocus
        {...form.getInputProps("email")}
      />
      <TextInput
        label={t("list.name")}
        description={t("list.nameHelp")}
        maxLength={maxLengthOf("CreateAccountRequest", "name")}
        {...form.getInputProps("name")}
      />
      <Select
        label={t("list.tier")}
        data={tiers.map((tier) => ({ value: tier.id, label: tierName(tier.id, tier.display_name) }))}
        allowDeselect={false}
        required
        {...form.getInputProps("tier")}
      />
    </FormBody>
  );
}
