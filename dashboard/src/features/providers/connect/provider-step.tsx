import { Collapse, PasswordInput, Select, Switch, TextInput, UnstyledButton } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import type { ProviderKindResponse } from "@/api/types";
import { FormBody, useSubmit } from "@/components/form-dialog";
import { AuthFields } from "../auth-fields";
import { CredentialFields } from "../credential-fields";
import {
  MEDIA_URLS,
  ownCredentialOf,
  type ProviderValues,
  STREAM_USAGES,
  valuesToProvider,
} from "../form-values";
import { KindPicker } from "../kind-picker";
import styles from "../providers.module.css";
import { providerKindsQuery, providersQuery, useFindModels } from "../queries";
import { useProviderRules } from "../use-provider-rules";
import { VariableFields } from "../variable-fields";
import type { Found } from "./found";

const NO_KINDS: ProviderKindResponse[] = [];
const FIELDS = ["name", "kind", "base_url", "stream_usage", "media_urls", "variables"];

interface ProviderStepProps {
  onFound: (found: Found) => void;
  onClose: () => void;
}

/** Kind and key; the rest has a value already, or is asked for where only the operator can know it. */
export function ProviderStep({ onFound, onClose }: ProviderStepProps) {
  const { t } = useTranslation("providers");
  const kinds = useQuery(providerKindsQuery).data;
  const taken = useQuery(providersQuery).data?.map((one) => one.name) ?? [];
  const find = useFindModels();
  const kindOf = (kind: string) => (kinds ?? NO_KINDS).find((one) => one.kind === kind);
  const rules = useProviderRules(kindOf);
  const form = useForm<ProviderValues>({
    initialValues: {
      name: freeName("openai", taken),
      kind: "openai",
      base_url: "",
      mode: "secret",
      secret: "",
      env: "",
      serves_test_keys: false,
      active_probes: false,
      stream_usage: "",
      media_urls: "",
      variables: {},
      auth_method: "",
      auth_header: "",
      auth_token_url: "",
      auth_scope: "",
    },
    validate: {
      name: (value) =>
        /^[A-Za-z0-9._-]{1,60}$/.test(value)
          ? taken.includes(value)
            ? t("nameTaken")
            : null
          : t("nameWrong"),
      ...rules,
      secret: (value, values) => (values.mode === "secret" && value === "" ? t("secretNeeded") : null),
    },
  });
  const { submit, isPending, error } = useSubmit(form, FIELDS);
  const values = form.getValues();
  const kind = kindOf(values.kind);
  const ownCredential = ownCredentialOf(values.auth_method || kind?.auth_method);
  const onSubmit = form.onSubmit((sent) =>
    submit(
      async () => {
        const provider = valuesToProvider(sent, kindOf(sent.kind));
        const list = await find.mutateAsync(provider);
        onFound({ provider, name: provider.name, kind: provider.kind, list });
      },
      () => undefined,
    ),
  );
  const chooseKind = (kind: string) => {
    const isOwnName = values.name === freeName(values.kind, taken);
    form.setFieldValue("kind", kind);
    if (isOwnName) form.setFieldValue("name", freeName(kind, taken));
  };
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={t("connect.continue")}
      isPending={isPending}
      error={error}
    >
      <KindPicker kinds={kinds} value={values.kind} onChange={chooseKind} />
      {kind && kind.address === null ? <UrlField form={form} placeholder={null} /> : null}
      <VariableFields form={form} kind={kind} hasDefault={false} />
      {values.mode === "secret" ? (
        <PasswordInput
          label={ownCredential ? t("credentialLabel") : t("key")}
          description={ownCredential ? t(`auth.form.${ownCredential}`) : t("secretHelp")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          required
          autoComplete="new-password"
          spellCheck={false}
          data-autofocus
          {...form.getInputProps("secret")}
        />
      ) : null}
      <MoreFields form={form} kind={kind} />
    </FormBody>
  );
}

type ProviderForm = UseFormReturnType<ProviderValues>;

function UrlField({ form, placeholder }: { form: ProviderForm; placeholder: string | null }) {
  const { t } = useTranslation("providers");
  return (
    <TextInput
      label={t("url")}
      description={placeholder ? t("urlHelp") : t("urlHelpNeeded")}
      inputWrapperOrder={["label", "input", "description", "error"]}
      placeholder={placeholder ?? "https://models.example.com/v1"}
      required={placeholder === null}
      inputMode="url"
      {...form.getInputProps("base_url")}
    />
  );
}

/** What has a value already. Open when a mistake is in it. */
function MoreFields({ form, kind }: { form: ProviderForm; kind: ProviderKindResponse | undefined }) {
  const { t } = useTranslation("providers");
  const [isOpen, { toggle }] = useDisclosure(false);
  const hasMistake = ["name", "env", "auth_header", "auth_token_url"].some(
    (field) => form.errors[field] !== undefined,
  );
  const isShown = isOpen || hasMistake || form.errors.base_url !== undefined;
  return (
    <div>
      <UnstyledButton className={styles.more} onClick={toggle} aria-expanded={isShown}>
        <ChevronDown size={15} aria-hidden data-open={isShown || undefined} />
        {t("connect.more")}
      </UnstyledButton>
      <Collapse expanded={isShown}>
        <div className={styles.moreFields}>
          <TextInput
            label={t("name")}
            description={t("nameHelp")}
            inputWrapperOrder={["label", "input", "description", "error"]}
            required
            maxLength={maxLengthOf("ProviderSpec", "name")}
            {...form.getInputProps("name")}
          />
          {kind?.address ? <UrlField form={form} placeholder={kind.address} /> : null}
          <VariableFields form={form} kind={kind} hasDefault />
          <CredentialFields form={form} provider={null} hasSecretElsewhere />
          <AuthFields form={form} kind={kind} />
          <Select
            label={t("streamUsage")}
            description={t("streamUsageHelp")}
            inputWrapperOrder={["label", "input", "description", "error"]}
            data={STREAM_USAGES.map((value) => ({ value, label: t(`streamUsages.${value || "kind"}`) }))}
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
        </div>
      </Collapse>
    </div>
  );
}

/** The kind's name, with a number where another provider has it. */
function freeName(kind: string, taken: readonly string[]): string {
  if (!taken.includes(kind)) return kind;
  let number = 2;
  while (taken.includes(`${kind}-${number}`)) number += 1;
  return `${kind}-${number}`;
}
