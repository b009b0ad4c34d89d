import { PasswordInput, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslation } from "react-i18next";
import type { AdminProviderResponse } from "@/api/types";
import type { ProviderValues } from "./form-values";
import classes from "./providers.module.css";

interface CredentialFieldsProps {
  form: Pick<UseFormReturnType<ProviderValues>, "getValues" | "getInputProps" | "errors">;
  provider: AdminProviderResponse | null;
  /** The field of the secret stands elsewhere in the form. */
  hasSecretElsewhere?: boolean;
}

/** The credential goes in and never comes out: what is there can be kept, replaced or taken away, not read. */
export function CredentialFields({ form, provider, hasSecretElsewhere = false }: CredentialFieldsProps) {
  const { t } = useTranslation("providers");
  const { mode } = form.getValues();
  const modes = provider
    ? (["keep", "secret", "env", "none"] as const)
    : (["secret", "env", "none"] as const);
  return (
    <Stack gap={8}>
      <Text size="sm" fw={500} component="span" id="credential-mode">
        {t("credentialLabel")}
      </Text>
      <div className={classes.scrollX}>
        <SegmentedControl
          size="xs"
          aria-labelledby="credential-mode"
          data={modes.map((value) => ({ value, label: t(`modes.${value}`) }))}
          {...form.getInputProps("mode")}
        />
      </div>
      {mode === "secret" && hasSecretElsewhere ? null : mode === "secret" ? (
        <PasswordInput
          label={t("secret")}
          description={t("secretHelp")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          required
          autoComplete="new-password"
          spellCheck={false}
          {...form.getInputProps("secret")}
        />
      ) : mode === "env" ? (
        <TextInput
          label={t("env")}
          description={t("envHelp")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          placeholder="OPENAI_API_KEY"
          required
          spellCheck={false}
          {...form.getInputProps("env")}
        />
      ) : (
        <Text
          size="xs"
          c={form.errors.secret ? "red" : "dimmed"}
          role={form.errors.secret ? "alert" : undefined}
        >
          {form.errors.secret ?? t(mode === "keep" ? "keepHelp" : "noneHelp")}
        </Text>
      )}
    </Stack>
  );
}
