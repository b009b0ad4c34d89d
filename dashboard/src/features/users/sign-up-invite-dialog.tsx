import { Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCreateSignUpInvite } from "@/api/operator-queries";
import type { LinkResponse } from "@/api/types";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";
import { LinkDialog } from "./link-dialog";

interface SignUpInviteDialogProps {
  isOpen: boolean;
  onClose: () => void;
}

/** Asks for an address, then shows the link to sign up with. */
export function SignUpInviteDialog({ isOpen, onClose }: SignUpInviteDialogProps) {
  const { t } = useTranslation("operator");
  const [invite, setInvite] = useState<{ link: LinkResponse; email: string } | null>(null);
  return (
    <>
      <FormDialog isOpen={isOpen} onClose={onClose} title={t("users.invite")} size="md">
        <InviteForm
          onClose={onClose}
          onLink={(link, email) => {
            setInvite({ link, email });
            onClose();
          }}
        />
      </FormDialog>
      <LinkDialog link={invite?.link ?? null} title={t("users.inviteTitle")} onClose={() => setInvite(null)}>
        {t("users.inviteLink", { email: invite?.email })}
      </LinkDialog>
    </>
  );
}

interface InviteFormProps {
  onClose: () => void;
  onLink: (link: LinkResponse, email: string) => void;
}

function InviteForm({ onClose, onLink }: InviteFormProps) {
  const { t } = useTranslation("operator");
  const create = useCreateSignUpInvite();
  const form = useForm({
    initialValues: { email: "" },
    validate: { email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : t("accounts.emailWrong")) },
  });
  const { submit, isPending, error } = useSubmit(form, ["email"]);
  return (
    <FormBody
      onSubmit={form.onSubmit(({ email }) =>
        submit(
          async () => onLink(await create.mutateAsync(email.trim()), email.trim()),
          () => undefined,
        ),
      )}
      onCancel={onClose}
      submitLabel={t("users.createInvite")}
      isPending={isPending}
      error={error}
    >
      <Text size="sm" c="dimmed">
        {t("users.inviteText")}
      </Text>
      <TextInput
        label={t("users.email")}
        type="email"
        required
        maxLength={254}
        data-autofocus
        {...form.getInputProps("email")}
      />
    </FormBody>
  );
}
