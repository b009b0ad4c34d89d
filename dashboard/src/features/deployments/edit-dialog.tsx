import { NumberInput, Switch, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import type { AdminDeploymentResponse } from "@/api/types";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { shareOf } from "./groups";
import { useEditDeployment } from "./queries";

interface EditDialogProps {
  deployment: AdminDeploymentResponse;
  /** The weights of all deployments of its model. */
  weights: number;
  isOpen: boolean;
  onClose: () => void;
}

interface EditValues {
  name: string;
  upstream_model: string;
  weight: number | string;
  caches_prompts: boolean;
}

const WEIGHT_MAX = 1_000_000;
const FIELDS = ["name", "upstream_model", "weight"];

export function EditDialog(props: EditDialogProps) {
  const { t } = useTranslation("deployments");
  const { model, provider } = props.deployment;
  return (
    <FormDialog
      isOpen={props.isOpen}
      onClose={props.onClose}
      title={t("name", { model, provider })}
      size="md"
    >
      <EditForm {...props} />
    </FormDialog>
  );
}

function EditForm({ deployment, weights, onClose }: EditDialogProps) {
  const { t } = useTranslation("deployments");
  const { t: common } = useTranslation();
  const format = useFormat();
  const notify = useNotify();
  const edit = useEditDeployment();
  const form = useForm<EditValues>({
    initialValues: {
      name: deployment.name ?? "",
      upstream_model: deployment.upstream_model,
      weight: deployment.weight,
      caches_prompts: deployment.caches_prompts,
    },
    validate: {
      name: (value) => (/^[A-Za-z0-9._-]{0,60}$/.test(value) ? null : t("nameWrong")),
      upstream_model: (value) => (value.trim() ? null : t("upstreamNeeded")),
      weight: (value) => (isSound(value) ? null : t("weightWrong", { max: format.number(WEIGHT_MAX) })),
    },
  });
  const { submit, isPending, error } = useSubmit(form, FIELDS);
  const onSubmit = form.onSubmit((sent) =>
    submit(async () => {
      const change = {
        name: sent.name.trim() || null,
        upstream_model: sent.upstream_model.trim(),
        weight: Number(sent.weight),
        caches_prompts: sent.caches_prompts,
      };
      await edit.mutateAsync({ id: deployment.id, change });
      notify.done(t("saved"));
    }, onClose),
  );
  const { weight } = form.getValues();
  // The weights are those of the deployments that take requests.
  const others = weights - (deployment.paused ? 0 : deployment.weight);
  const share = isSound(weight) ? shareOf(weight, others + weight) : null;
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={common("save")}
      isPending={isPending}
      error={error}
      isDisabled={!form.isDirty()}
    >
      <TextInput
        label={t("upstream")}
        description={t("upstreamHelp")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        required
        spellCheck={false}
        maxLength={maxLengthOf("DeploymentSpec", "upstream_model")}
        {...form.getInputProps("upstream_model")}
      />
      <TextInput
        label={t("ownName")}
        description={t("ownNameHelp")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        spellCheck={false}
        maxLength={maxLengthOf("DeploymentSpec", "name")}
        {...form.getInputProps("name")}
      />
      <NumberInput
        label={t("weight")}
        description={t("weightHelp")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        min={0}
        max={WEIGHT_MAX}
        allowDecimal={false}
        {...form.getInputProps("weight")}
      />
      <Switch
        label={t("cachesPrompts")}
        description={t("cachesPromptsHelp")}
        {...form.getInputProps("caches_prompts", { type: "checkbox" })}
      />
      <Text size="sm" c="dimmed" aria-live="polite">
        {share === null ? t("fallbackText") : t("shareThen", { share: format.percent(share, 0) })}
      </Text>
    </FormBody>
  );
}

function isSound(weight: number | string): weight is number {
  return typeof weight === "number" && weight >= 0 && weight <= WEIGHT_MAX;
}
