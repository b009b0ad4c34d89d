import { NumberInput, Select, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import type { WriteDeploymentRequest } from "@/api/types";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";
import { operatorModelsQuery } from "@/features/models/queries";
import { providersQuery } from "@/features/providers/queries";
import { useNames } from "@/hooks/use-names";
import { useNotify } from "@/hooks/use-notify";
import { useCreateDeployment } from "../queries";

interface DeploymentDialogProps {
  isOpen: boolean;
  onClose: () => void;
  /** What is chosen at the begin. */
  start?: { model?: string; provider?: string };
}

export function DeploymentDialog(props: DeploymentDialogProps) {
  const { t } = useTranslation("deployments");
  return (
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={t("add")} size="md">
      <DeploymentForm {...props} />
    </FormDialog>
  );
}

type DeploymentValues = Required<
  Pick<WriteDeploymentRequest, "model" | "provider" | "upstream_model" | "weight">
>;

function DeploymentForm({ onClose, start }: DeploymentDialogProps) {
  const { t } = useTranslation("deployments");
  const notify = useNotify();
  const create = useCreateDeployment();
  const kindName = useNames("providerKind");
  const models = useQuery(operatorModelsQuery).data ?? [];
  const providers = useQuery(providersQuery).data ?? [];
  const form = useForm<DeploymentValues>({
    initialValues: {
      model: start?.model ?? "",
      provider: start?.provider ?? "",
      upstream_model: start?.model ?? "",
      weight: 1,
    },
    validate: {
      model: (value) => (value ? null : t("modelNeeded")),
      provider: (value) => (value ? null : t("providerNeeded")),
      upstream_model: (value) => (value.trim() ? null : t("upstreamNeeded")),
    },
  });
  const { submit, isPending, error } = useSubmit(form, ["model", "provider", "upstream_model", "weight"]);
  const onSubmit = form.onSubmit((values) =>
    submit(async () => {
      await create.mutateAsync({ ...values, upstream_model: values.upstream_model.trim() });
      notify.done(t("added", { model: values.model, provider: values.provider }));
    }, onClose),
  );
  const chooseModel = (value: string | null) => {
    const { model, upstream_model } = form.getValues();
    form.setFieldValue("model", value ?? "");
    // Most providers call it the same; what was typed by hand stays.
    if (upstream_model === "" || upstream_model === model) form.setFieldValue("upstream_model", value ?? "");
  };
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={t("add")}
      isPending={isPending}
      error={error}
    >
      <Select
        label={t("model")}
        placeholder={t("choose")}
        data={models.map((model) => model.id)}
        searchable
        required
        data-autofocus
        {...form.getInputProps("model")}
        onChange={chooseModel}
      />
      <Select
        label={t("columns.provider")}
        placeholder={t("choose")}
        data={providers.map((provider) => ({
          value: provider.name,
          label:
            provider.name === provider.kind ? provider.name : `${provider.name} (${kindName(provider.kind)})`,
        }))}
        searchable
        required
        {...form.getInputProps("provider")}
      />
      <TextInput
        label={t("upstream")}
        description={t("upstreamHelp")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        required
        spellCheck={false}
        maxLength={maxLengthOf("DeploymentSpec", "upstream_model")}
        {...form.getInputProps("upstream_model")}
      />
      <NumberInput
        label={t("weight")}
        description={t("weightHelp")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        min={0}
        max={1_000_000}
        allowDecimal={false}
        {...form.getInputProps("weight")}
      />
    </FormBody>
  );
}
