import { Alert, NumberInput, Select, SimpleGrid, Switch, TagsInput, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { Lock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import type { AdminModelResponse, TierResponse } from "@/api/types";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";
import formClasses from "@/components/form-dialog.module.css";
import { tiersQuery } from "@/features/tiers/queries";
import { useNames } from "@/hooks/use-names";
import { useNotify } from "@/hooks/use-notify";
import { useTierName } from "@/hooks/use-tier-name";
import { CAPABILITIES, MODEL_TYPES } from "@/lib/operations";
import { dollarsToNanos } from "@/lib/price";
import { type ModelValues, modelToValues, PRICING_UNITS, valuesToModel } from "../form-values";
import { useWriteModel } from "../queries";
import { RoutingFields } from "../routing-fields";

const NO_TIERS: TierResponse[] = [];

interface ModelDialogProps {
  /** `null`: a new one. */
  model: AdminModelResponse | null;
  isOpen: boolean;
  onClose: () => void;
}

export function ModelDialog(props: ModelDialogProps) {
  // The words of rules too, before they are said: a form that waits for words takes the page away.
  const { t } = useTranslation(["models", "routing"]);
  const tiers = useQuery(tiersQuery).data ?? NO_TIERS;
  return (
    <FormDialog
      isOpen={props.isOpen && tiers.length > 0}
      onClose={props.onClose}
      size="xl"
      title={props.model?.id ?? t("operator.add")}
    >
      <ModelForm {...props} tiers={tiers} />
    </FormDialog>
  );
}

const FIELDS = [
  "id",
  "display_name",
  "owned_by",
  "model_type",
  "min_tier",
  "context_length",
  "max_output_tokens",
  "stream_timeout_seconds",
  "capabilities",
  "aliases",
  "pricing_unit",
  "input_price",
  "output_price",
  "fallbacks",
  "routing_policy",
  "sticky_prompts",
  "routes",
];

function ModelForm({ model, onClose, tiers }: ModelDialogProps & { tiers: TierResponse[] }) {
  const { t } = useTranslation(["models", "common"]);
  const { t: common } = useTranslation();
  const notify = useNotify();
  const write = useWriteModel();
  const unit = useNames("pricingUnit");
  const typeName = useNames("modelType");
  const capabilityName = useNames("capability");
  const tierName = useTierName();
  const isReadOnly = model !== null && model.origin !== "database";
  const needed = (value: string) => (value.trim() ? null : t("operator.needed"));
  const price = (value: string) => (dollarsToNanos(value) === null ? t("operator.priceWrong") : null);
  const form = useForm<ModelValues>({
    initialValues: modelToValues(model, tiers[0]?.id ?? ""),
    validate: {
      id: (value) => (/^\S{1,200}$/.test(value.trim()) ? null : t("operator.idWrong")),
      owned_by: needed,
      pricing_unit: needed,
      input_price: price,
      output_price: price,
      routes: {
        model: (value, values) => (!values.is_virtual || value ? null : t("operator.rules.modelNeeded")),
      },
    },
  });
  const { submit, isPending, error } = useSubmit(form, FIELDS);
  const onSubmit = form.onSubmit((values) =>
    submit(async () => {
      await write.mutateAsync({ model: valuesToModel(values), isNew: model === null });
      notify.done(t("operator.saved", { id: values.id }));
    }, onClose),
  );
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={model ? common("save") : t("operator.add")}
      isPending={isPending}
      error={error}
      isDisabled={isReadOnly || (model !== null && !form.isDirty())}
    >
      {isReadOnly && model.origin !== "database" ? (
        <Alert color="gray" icon={<Lock size={16} />} title={t("common:readOnly")}>
          {t(`common:origin.why.${model.origin}`)}
        </Alert>
      ) : null}
      <fieldset disabled={isReadOnly} className={formClasses.plainFieldset}>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput
            label={t("operator.id")}
            description={t(model ? "operator.idFixed" : "operator.idHelp")}
            inputWrapperOrder={["label", "input", "description", "error"]}
            required
            readOnly={model !== null}
            spellCheck={false}
            maxLength={maxLengthOf("ModelSpec", "id")}
            data-autofocus={model === null || undefined}
            {...form.getInputProps("id")}
          />
          <TextInput
            label={t("operator.name")}
            description={t("operator.nameHelp")}
            inputWrapperOrder={["label", "input", "description", "error"]}
            maxLength={maxLengthOf("ModelSpec", "display_name")}
            {...form.getInputProps("display_name")}
          />
          <TextInput
            label={t("operator.ownedBy")}
            placeholder="openai"
            required
            maxLength={maxLengthOf("ModelSpec", "owned_by")}
            {...form.getInputProps("owned_by")}
          />
          <Select
            label={t("operator.type")}
            data={MODEL_TYPES.map((value) => ({ value, label: typeName(value) }))}
            allowDeselect={false}
            {...form.getInputProps("model_type")}
          />
          <NumberInput
            label={t("operator.context")}
            description={t("operator.tokens")}
            inputWrapperOrder={["label", "input", "description", "error"]}
            min={1}
            allowDecimal={false}
            thousandSeparator=","
            {...form.getInputProps("context_length")}
          />
          <NumberInput
            label={t("operator.maxOutput")}
            description={t("operator.tokens")}
            inputWrapperOrder={["label", "input", "description", "error"]}
            min={1}
            allowDecimal={false}
            thousandSeparator=","
            {...form.getInputProps("max_output_tokens")}
          />
          <NumberInput
            label={t("operator.streamTimeout")}
            description={t("operator.streamTimeoutHelp")}
            inputWrapperOrder={["label", "input", "description", "error"]}
            min={1}
            max={86_400}
            allowDecimal={false}
            thousandSeparator=","
            {...form.getInputProps("stream_timeout_seconds")}
          />
        </SimpleGrid>
        <TagsInput
          label={t("operator.capabilities")}
          description={t("operator.capabilitiesHelp")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          data={[...CAPABILITIES]}
          renderOption={({ option }) => <Named word={capabilityName(option.value)} name={option.value} />}
          maxTags={40}
          {...form.getInputProps("capabilities")}
        />
        <TagsInput
          label={t("operator.aliases")}
          description={t("operator.aliasesHelp")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          maxTags={40}
          {...form.getInputProps("aliases")}
        />
        <SimpleGrid cols={{ base: 1, xs: 3 }}>
          <TextInput
            label={t("operator.inputPrice")}
            leftSection="$"
            inputMode="decimal"
            {...form.getInputProps("input_price")}
          />
          <TextInput
            label={t("operator.outputPrice")}
            leftSection="$"
            inputMode="decimal"
            {...form.getInputProps("output_price")}
          />
          <Select
            label={t("operator.unit")}
            data={PRICING_UNITS.map((value) => ({ value, label: unit(value) }))}
            allowDeselect={false}
            {...form.getInputProps("pricing_unit")}
          />
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Select
            label={t("operator.minTier")}
            description={t("operator.minTierHelp")}
            inputWrapperOrder={["label", "input", "description", "error"]}
            data={tiers.map((tier) => ({ value: tier.id, label: tierName(tier.id, tier.display_name) }))}
            allowDeselect={false}
            {...form.getInputProps("min_tier")}
          />
          <Switch
            mt={{ xs: 28 }}
            label={t("operator.public")}
            description={t("operator.publicHelp")}
            {...form.getInputProps("is_public", { type: "checkbox" })}
          />
        </SimpleGrid>
        <RoutingFields form={form} tiers={tiers} />
      </fieldset>
    </FormBody>
  );
}

/** What a choice means, before the name that goes into the field. */
function Named({ word, name }: { word: string; name: string }) {
  return (
    <span>
      {word}{" "}
      <Text span size="xs" c="dimmed" ff="monospace">
        {name}
      </Text>
    </span>
  );
}
