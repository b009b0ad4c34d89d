import { Alert, Select, Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { Lock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import type { AdminProviderResponse } from "@/api/types";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";
import formClasses from "@/components/form-dialog.module.css";
import { useNotify } from "@/hooks/use-notify";
import { AuthFields } from "./auth-fields";
import { CredentialFields } from "./credential-fields";
import {
  authToSend,
  credentialToSend,
  isEqual,
  MEDIA_URLS,
  movesSealedSecret,
  type ProviderValues,
  STREAM_USAGES,
  variablesToSend,
} from "./form-values";
import { KindPicker } from "./kind-picker";
import { providerKindsQuery, useEditProvider } from "./queries";
import { useProviderRules } from "./use-provider-rules";
import { VariableFields } from "./variable-fields";

interface ProviderDialogProps {
  provider: AdminProviderResponse;
  isOpen: boolean;
  onClose: () => void;
}

export function ProviderDialog(props: ProviderDialogProps) {
  return (
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={props.provider.name}>
      <ProviderForm {...props} />
    </FormDialog>
  );
}

function ProviderForm({ provider, onClose }: ProviderDialogProps) {
  const { t } = useTranslation(["providers", "common"]);
  const { t: common } = useTranslation();
  const notify = useNotify();
  const edit = useEditProvider();
  const kinds = useQuery(providerKindsQuery);
  const isReadOnly = provider.origin !== "database";
  const kindOf = (kind: string) => kinds.data?.find((one) => one.kind === kind);
  const rules = useProviderRules(kindOf);
  const form = useForm<ProviderValues>({
    initialValues: {
      name: provider.name,
      kind: provider.kind,
      base_url: provider.base_url ?? "",
      mode: "keep",
      secret: "",
      env: provider.credential.env ?? "",
      serves_test_keys: provider.serves_test_keys,
      active_probes: provider.active_probes,
      stream_usage: provider.stream_usage ?? "",
      media_urls: provider.media_urls ?? "",
      variables: provider.variables,
      auth_method: provider.auth.method ?? "",
      auth_header: provider.auth.header ?? "",
      auth_token_url: provider.auth.token_url ?? "",
      auth_scope: provider.auth.scope ?? "",
    },
    validate: {
      ...rules,
      secret: (value, values) => {
        if (movesSealedSecret(provider, values)) return t("secretAgain");
        return values.mode === "secret" && value === "" ? t("secretNeeded") : null;
      },
    },
  });
  const { submit, isPending, error } = useSubmit(form, [
    "name",
    "kind",
    "base_url",
    "stream_usage",
    "media_urls",
    "variables",
  ]);
  const values = form.getValues();
  const kind = kindOf(values.kind);

  const onSubmit = form.onSubmit((sent) =>
    submit(async () => {
      const credential = credentialToSend(sent);
      const url = sent.base_url.trim();
      const isMoved = url !== (provider.base_url ?? "");
      const variables = variablesToSend(sent, kindOf(sent.kind));
      const auth = authToSend(sent, provider.auth);
      await edit.mutateAsync({
        name: provider.name,
        change: {
          kind: sent.kind,
          ...(isMoved ? { base_url: url } : {}),
          ...(credential === undefined ? {} : { credential }),
          serves_test_keys: sent.serves_test_keys,
          active_probes: sent.active_probes,
          stream_usage: sent.stream_usage,
          media_urls: sent.media_urls,
          ...(isEqual(variables, provider.variables) ? {} : { variables }),
          ...(isEqual(auth, provider.auth) ? {} : { auth }),
        },
      });
      notify.done(t("saved", { name: provider.name }));
    }, onClose),
  );

  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={common("save")}
      isPending={isPending}
      error={error}
      isDisabled={isReadOnly || !form.isDirty()}
    >
      {provider.origin !== "database" ? (
        <Alert color="gray" icon={<Lock size={16} />} title={t("common:readOnly")}>
          {t(`common:origin.why.${provider.origin}`)}
        </Alert>
      ) : null}
      <fieldset disabled={isReadOnly} className={formClasses.plainFieldset}>
        <KindPicker
          kinds={kinds.data}
          value={values.kind}
          onChange={(kind) => form.setFieldValue("kind", kind)}
        />
        <TextInput
          label={t("name")}
          required
          readOnly
          maxLength={maxLengthOf("ProviderSpec", "name")}
          {...form.getInputProps("name")}
        />
        <TextInput
          label={t("url")}
          description={kind?.address ? t("urlHelp") : t("urlHelpNeeded")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          placeholder={kind?.address ?? "https://models.example.com/v1"}
          required={kind !== undefined && kind.address === null}
          inputMode="url"
          {...form.getInputProps("base_url")}
        />
        <VariableFields form={form} kind={kind} hasDefault={false} />
        <VariableFields form={form} kind={kind} hasDefault />
        <CredentialFields form={form} provider={provider} />
        <AuthFields form={form} kind={kind} />
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
        <Select
          label={t("mediaUrls")}
          description={t("mediaUrlsHelp")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          data={MEDIA_URLS.map((value) => ({ value, label: t(`mediaUrlsOf.${value || "kind"}`) }))}
          allowDeselect={false}
          {...form.getInputProps("media_urls")}
        />
        <Switch
          label={t("servesTestKeys")}
          description={t("servesTestKeysHelp")}
          {...form.getInputProps("serves_test_keys", { type: "checkbox" })}
        />
        <Switch
          label={t("activeProbes")}
          description={t("activeProbesHelp")}
          {...form.getInputProps("active_probes", { type: "checkbox" })}
        />
      </fieldset>
    </FormBody>
  );
}
