import {
  Alert,
  PasswordInput,
  Radio,
  SegmentedControl,
  Select,
  Skeleton,
  Stack,
  Switch,
  Text,
  TextInput,
} from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { Lock } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { AdminProviderResponse, ProviderKindResponse } from "@/api/types";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";
import formClasses from "@/components/form-dialog.module.css";
import textClasses from "@/components/text.module.css";
import { useNames } from "@/hooks/use-names";
import { useNotify } from "@/hooks/use-notify";
import { credentialToSend, movesSealedSecret, type ProviderValues, STREAM_USAGES } from "./form-values";
import classes from "./providers.module.css";
import styles from "./providers.module.css";
import { providerKindsQuery, useCreateProvider, useEditProvider } from "./queries";

interface ProviderDialogProps {
  /** `null`: a new one. */
  provider: AdminProviderResponse | null;
  isOpen: boolean;
  onClose: () => void;
  onCreated?: (provider: AdminProviderResponse) => void;
}

export function ProviderDialog(props: ProviderDialogProps) {
  const { t } = useTranslation("providers");
  return (
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={props.provider?.name ?? t("add")}>
      <ProviderForm {...props} />
    </FormDialog>
  );
}

function ProviderForm({ provider, onClose, onCreated }: ProviderDialogProps) {
  const { t } = useTranslation(["providers", "common"]);
  const { t: common } = useTranslation();
  const notify = useNotify();
  const create = useCreateProvider();
  const edit = useEditProvider();
  const kinds = useQuery(providerKindsQuery);
  const isReadOnly = provider !== null && provider.origin !== "database";
  const urlOf = (kind: string) => kinds.data?.find((one) => one.kind === kind)?.default_base_url ?? null;
  const form = useForm<ProviderValues>({
    initialValues: {
      name: provider?.name ?? "",
      kind: provider?.kind ?? "openai",
      base_url: provider?.base_url ?? "",
      mode: provider ? "keep" : "secret",
      secret: "",
      env: provider?.credential.env ?? "",
      serves_test_keys: provider?.serves_test_keys ?? false,
      stream_usage: provider?.stream_usage ?? "",
    },
    validate: {
      name: (value) => (/^[A-Za-z0-9._-]{1,60}$/.test(value) ? null : t("nameWrong")),
      base_url: (value, values) => {
        if (value.trim() === "") return urlOf(values.kind) ? null : t("urlNeeded");
        return /^https?:\/\/\S+$/.test(value.trim()) ? null : t("urlWrong");
      },
      secret: (value, values) => {
        if (provider && movesSealedSecret(provider, values)) return t("secretAgain");
        return values.mode === "secret" && value === "" ? t("secretNeeded") : null;
      },
      env: (value, values) =>
        values.mode === "env" && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(value) ? t("envWrong") : null,
    },
  });
  const { submit, isPending, error } = useSubmit(form, ["name", "kind", "base_url", "stream_usage"]);
  const values = form.getValues();

  const onSubmit = form.onSubmit((sent) =>
    submit(async () => {
      const credential = credentialToSend(sent);
      const url = sent.base_url.trim();
      if (provider) {
        const isMoved = url !== (provider.base_url ?? "");
        await edit.mutateAsync({
          name: provider.name,
          change: {
            kind: sent.kind,
            ...(isMoved ? { base_url: url } : {}),
            ...(credential === undefined ? {} : { credential }),
            serves_test_keys: sent.serves_test_keys,
            stream_usage: sent.stream_usage,
          },
        });
        notify.done(t("saved", { name: provider.name }));
        return;
      }
      const created = await create.mutateAsync({
        name: sent.name,
        kind: sent.kind,
        ...(url ? { base_url: url } : {}),
        ...(sent.mode === "none" ? {} : { credential }),
        serves_test_keys: sent.serves_test_keys,
        ...(sent.stream_usage ? { stream_usage: sent.stream_usage } : {}),
      });
      notify.done(t("added", { name: created.name }));
      onCreated?.(created);
    }, onClose),
  );

  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={provider ? common("save") : t("add")}
      isPending={isPending}
      error={error}
      isDisabled={isReadOnly || (provider !== null && !form.isDirty())}
    >
      {isReadOnly && provider.origin !== "database" ? (
        <Alert color="gray" icon={<Lock size={16} />} title={t("common:readOnly")}>
          {t(`common:origin.why.${provider.origin}`)}
        </Alert>
      ) : null}
      <fieldset disabled={isReadOnly} className={formClasses.plainFieldset}>
        <KindPicker
          kinds={kinds.data}
          value={values.kind}
          onChange={(kind) => {
            const isNameUntouched = values.name === "" || values.name === values.kind;
            form.setFieldValue("kind", kind);
            if (provider === null && isNameUntouched) form.setFieldValue("name", kind);
          }}
        />
        <TextInput
          label={t("name")}
          description={provider ? undefined : t("nameHelp")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          required
          readOnly={provider !== null}
          maxLength={60}
          {...form.getInputProps("name")}
        />
        <TextInput
          label={t("url")}
          description={urlOf(values.kind) ? t("urlHelp") : t("urlHelpNeeded")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          placeholder={urlOf(values.kind) ?? "https://models.example.com/v1"}
          required={urlOf(values.kind) === null}
          inputMode="url"
          {...form.getInputProps("base_url")}
        />
        <CredentialFields form={form} provider={provider} />
        <Select
          label={t("streamUsage")}
          description={t("streamUsageHelp")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          data={STREAM_USAGES.map((value) => ({
            value,
            label: t(`streamUsages.${value || "kind"}`),
          }))}
          allowDeselect={false}
          {...form.getInputProps("stream_usage")}
        />
        <Switch
          label={t("servesTestKeys")}
          description={t("servesTestKeysHelp")}
          {...form.getInputProps("serves_test_keys", { type: "checkbox" })}
        />
      </fieldset>
    </FormBody>
  );
}

interface KindPickerProps {
  kinds: ProviderKindResponse[] | undefined;
  value: string;
  onChange: (kind: string) => void;
}

function KindPicker({ kinds, value, onChange }: KindPickerProps) {
  const kindName = useNames("providerKind");
  const { t } = useTranslation("providers");
  if (!kinds) return <Skeleton height={150} radius="md" />;
  return (
    <Radio.Group label={t("kind")} value={value} onChange={onChange}>
      <div className={styles.kinds}>
        {kinds.map((one) => (
          <Radio.Card key={one.kind} value={one.kind} className={styles.kind} radius="md">
            <span className={styles.kindName}>{kindName(one.kind, one.label)}</span>
            <span className={textClasses.sub}>
              {one.default_base_url ? hostOf(one.default_base_url) : t("ownAddress")}
            </span>
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

interface CredentialFieldsProps {
  form: Pick<UseFormReturnType<ProviderValues>, "getValues" | "getInputProps" | "errors">;
  provider: AdminProviderResponse | null;
}

/** The credential goes in and never comes out: what is there can be kept, replaced or taken away, not read. */
function CredentialFields({ form, provider }: CredentialFieldsProps) {
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
      {mode === "secret" ? (
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
