import { Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import type { LinkResponse } from "@/api/types";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";
import { LinkDialog } from "./link-dialog";
import { useCreateSignUpInvite } from "./queries";

interface SignUpInviteDialogProps {
  isOpen: boolean;
  onClose: () => void;
}

/** Asks for an address, then shows the link to sign up with. */
export function SignUpInviteDialog({ isOpen, onClose }: SignUpInviteDialogProps) {
  const { t } = useTranslation("users");
  const [invite, setInvite] = useState<{ link: LinkResponse; email: string } | null>(null);
  return (
    <>
      <FormDialog isOpen={isOpen} onClose={onClose} title={t("invite")} size="md">
        <InviteForm
          onClose={onClose}
          onLink={(link, email) => {
            setInvite({ link, email });
            onClose();
          }}
        />
      </FormDialog>
      <LinkDialog link={invite?.link ?? null} title={t("inviteTitle")} onClose={() => setInvite(null)}>
        {t("inviteLink", { email: invite?.email })}
      </LinkDialog>
    </>
  );
}

interface InviteFormProps {
  onClose: () => void;
  onLink: (link: LinkResponse, email: string) => void;
}

function InviteForm({ onClose, onLink }: InviteFormProps) {
  const { t } = useTranslation(["users", "accounts"]);
  const create = useCreateSignUpInvite();
  const form = useForm({
    initialValues: { email: "" },
    validate: { email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : t("accounts:list.emailWrong")) },
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
      submitLabel={t("createInvite")}
      isPending={isPending}
      error={error}
    >
      <Text size="sm" c="dimmed">
        {t("inviteText")}
      </Text>
      <TextInput
        label={t("email")}
        type="email"
        required
        maxLength={maxLengthOf("CreateSignUpInviteRequest", "email")}
        data-autofocus
        {...form.getInputProps("email")}
      />
    </FormBody>
  );
}
