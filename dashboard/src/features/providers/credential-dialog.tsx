import { Input, PasswordInput, SegmentedControl, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import type { AdminProviderResponse } from "@/api/types";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";
import { useNotify } from "@/hooks/use-notify";
import { type Credential, credentialsOf, withCredential, withReplaced } from "./credentials";
import { useEditProvider } from "./queries";

interface CredentialDialogProps {
  provider: AdminProviderResponse;
  /** `null`: a new one. */
  credential: Credential | null;
  isOpen: boolean;
  onClose: () => void;
}

/** Adds a credential, or gives one another secret. What is stored is never shown. */
export function CredentialDialog(props: CredentialDialogProps) {
  const { t } = useTranslation("providers");
  const { provider, credential } = props;
  const title = credential
    ? t("credentials.replaceTitle", { label: credential.label })
    : t("credentials.addTitle", { name: provider.name });
  return (
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={title} size="md">
      <CredentialForm {...props} />
    </FormDialog>
  );
}

interface Values {
  label: string;
  mode: "secret" | "env";
  secret: string;
  env: string;
}

const ENV = /^[A-Za-z_][A-Za-z0-9_]*$/;
const BELOW = ["label", "input", "description", "error"] as const;

function CredentialForm({ provider, credential, onClose }: CredentialDialogProps) {
  const { t } = useTranslation(["providers", "common"]);
  const notify = useNotify();
  const edit = useEditProvider();
  const taken = credentialsOf(provider).map(({ label }) => label);
  const labelFault = (label: string) => {
    if (credential !== null) return null;
    if (label.trim() === "") return t("credentials.labelNeeded");
    return taken.includes(label.trim()) ? t("credentials.labelTaken") : null;
  };
  const form = useForm<Values>({
    initialValues: { label: "", mode: credential?.spec.env ? "env" : "secret", secret: "", env: "" },
    validate: {
      label: labelFault,
      secret: (value, { mode }) => (mode === "secret" && value.trim() === "" ? t("secretNeeded") : null),
      env: (value, { mode }) => (mode === "env" && !ENV.test(value.trim()) ? t("envWrong") : null),
    },
  });
  const { submit, isPending, error } = useSubmit(form, []);
  const { mode } = form.getValues();
  const onSubmit = form.onSubmit((values) =>
    submit(async () => {
      const source = values.mode === "env" ? { env: values.env.trim() } : { secret: values.secret.trim() };
      const label = credential?.label ?? values.label.trim();
      const change = credential
        ? withReplaced(provider, credential, source)
        : withCredential(provider, { ...source, label });
      await edit.mutateAsync({ name: provider.name, change });
      notify.done(t(credential ? "credentials.replaced" : "credentials.added", { label }));
    }, onClose),
  );
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={t(credential ? "credentials.replace" : "credentials.add")}
      isPending={isPending}
      error={error}
    >
      {credential ? (
        <Text size="sm">{t("credentials.replaceText")}</Text>
      ) : (
        <TextInput
          label={t("credentials.label")}
          description={t("credentials.labelHelp")}
          inputWrapperOrder={[...BELOW]}
          required
          spellCheck={false}
          maxLength={maxLengthOf("CredentialSpec", "label")}
          {...form.getInputProps("label")}
        />
      )}
      <Input.Wrapper label={t("credentials.source")} labelElement="div">
        <div>
          <SegmentedControl
            size="xs"
            aria-label={t("credentials.source")}
            data={(["secret", "env"] as const).map((value) => ({ value, label: t(`modes.${value}`) }))}
            {...form.getInputProps("mode")}
          />
        </div>
      </Input.Wrapper>
      {mode === "secret" ? (
        <PasswordInput
          label={t("secret")}
          description={t("secretHelp")}
          inputWrapperOrder={[...BELOW]}
          required
          autoComplete="new-password"
          spellCheck={false}
          {...form.getInputProps("secret")}
        />
      ) : (
        <TextInput
          label={t("env")}
          description={t("envHelp")}
          inputWrapperOrder={[...BELOW]}
          placeholder="OPENAI_API_KEY"
          required
          spellCheck={false}
          {...form.getInputProps("env")}
        />
      )}
    </FormBody>
  );
}
