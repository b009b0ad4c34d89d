import { Checkbox, Group, MultiSelect, Select, TagsInput, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import { type BudgetValues, problemsOf } from "@/features/budgets/shared/values";
import { useModels } from "@/features/models/queries";
import { useNames } from "@/hooks/use-names";
import { DAY_MS } from "@/lib/format";
import { OPERATIONS } from "@/lib/operations";
import { EXPIRY_PRESETS, type Expiry, isValidExpiry, localDate, YEARS_MAX } from "./expiry";
import { FoldedSection } from "./folded-section";
import type { LimitValues } from "./own-limits";
import { ENTRIES_MAX, isNetwork, type RestrictionValues } from "./restrictions";

export const NAME_CHARS_MAX = maxLengthOf("CreateApiKeyRequest", "name");

export interface KeyValues {
  name: string;
  expiry: Expiry;
  restrictions: RestrictionValues;
  budgets: BudgetValues[];
  limits: LimitValues;
}

type KeyForm = UseFormReturnType<KeyValues>;

/** What is wrong with each field, in the reader's language. An expiry that is left as it is may lie in the past. */
export function useKeyValidation(before?: Expiry) {
  const { t } = useTranslation("api-keys");
  return {
    name: (name: string) => {
      if (name.trim() === "") return t("form.nameMissing");
      return [...name.trim()].length > NAME_CHARS_MAX ? t("form.nameLong", { max: NAME_CHARS_MAX }) : null;
    },
    expiry: (expiry: Expiry) =>
      (before?.preset === expiry.preset && before.date === expiry.date) || isValidExpiry(expiry, Date.now())
        ? null
        : t("form.expiryWrong", { years: YEARS_MAX }),
    budgets: (budgets: BudgetValues[]) =>
      problemsOf(budgets).some((problem) => problem !== null) ? " " : null,
    restrictions: {
      networks: (networks: string[]) => {
        const wrong = networks.find((network) => !isNetwork(network));
        return wrong === undefined ? null : t("form.networkWrong", { network: wrong });
      },
    },
  };
}

export function NameField({ form }: { form: KeyForm }) {
  const { t } = useTranslation("api-keys");
  return (
    <TextInput
      label={t("form.name")}
      description={t("form.nameHint")}
      placeholder={t("form.nameExample")}
      autoComplete="off"
      maxLength={maxLengthOf("CreateApiKeyRequest", "name")}
      required
      data-autofocus
      {...form.getInputProps("name")}
    />
  );
}

export function ExpiryField({ form }: { form: KeyForm }) {
  const { t } = useTranslation("api-keys");
  const { expiry } = form.values;
  const error = form.errors.expiry;
  return (
    <Group align="flex-start" gap="xs" grow>
      <Select
        label={t("form.expiry")}
        allowDeselect={false}
        data={EXPIRY_PRESETS.map((preset) => ({ value: preset, label: t(`form.expiryPreset.${preset}`) }))}
        value={expiry.preset}
        onChange={(preset) =>
          form.setFieldValue("expiry", {
            preset: EXPIRY_PRESETS.find((one) => one === preset) ?? "never",
            date: expiry.date || localDate(new Date(Date.now() + 30 * DAY_MS)),
          })
        }
      />
      {expiry.preset === "date" ? (
        <TextInput
          type="date"
          label={t("form.expiryDate")}
          min={localDate(new Date())}
          value={expiry.date}
          onChange={(event) =>
            form.setFieldValue("expiry", { preset: "date", date: event.currentTarget.value })
          }
          error={error}
          required
        />
      ) : null}
    </Group>
  );
}

/** Folded away until somebody narrows the key: most keys are not. */
export function RestrictionFields({ form, accountId }: { form: KeyForm; accountId: string }) {
  const { t } = useTranslation("api-keys");
  const operationName = useNames("operation");
  const { models, endpoints, networks } = form.values.restrictions;
  const chosen = [models, endpoints, networks].filter((list) => list.length > 0).length;
  return (
    <FoldedSection
      title={t("form.restrictions")}
      summary={chosen > 0 ? t("form.restrictionsSet", { count: chosen }) : t("form.restrictionsNone")}
      isOpenAtFirst={chosen > 0}
    >
      {(isOpen) => (
        <>
          <ModelsField form={form} accountId={accountId} isNeeded={isOpen} />
          <Checkbox.Group
            label={t("form.endpoints")}
            description={t("form.endpointsHint")}
            {...form.getInputProps("restrictions.endpoints")}
          >
            <Group gap="lg" mt={8}>
              {OPERATIONS.map((name) => (
                <Checkbox key={name} value={name} label={operationName(name)} />
              ))}
            </Group>
          </Checkbox.Group>
          <TagsInput
            label={t("form.networks")}
            description={t("form.networksHint")}
            placeholder={networks.length === 0 ? "203.0.113.0/24" : undefined}
            splitChars={[",", " ", "\n", ";"]}
            maxTags={ENTRIES_MAX}
            acceptValueOnBlur
            clearable
            {...form.getInputProps("restrictions.networks")}
          />
        </>
      )}
    </FoldedSection>
  );
}

function ModelsField({ form, accountId, isNeeded }: { form: KeyForm; accountId: string; isNeeded: boolean }) {
  const { t } = useTranslation("api-keys");
  const models = useModels(accountId, isNeeded);
  const chosen = form.values.restrictions.models;
  const known = (models.data ?? []).filter((model) => model.is_available).map((model) => model.id);
  // What was chosen earlier stays visible, also when the model is gone.
  const options = [...new Set([...chosen, ...known])];
  return (
    <MultiSelect
      label={t("form.models")}
      description={models.error ? t("form.modelsFailed") : t("form.modelsHint")}
      placeholder={chosen.length === 0 ? t("form.modelsAll") : undefined}
      data={options}
      searchable
      clearable
      hidePickedOptions
      limit={200}
      maxValues={ENTRIES_MAX}
      maxDropdownHeight={240}
      nothingFoundMessage={models.isPending ? t("form.modelsLoading") : t("form.modelsNoMatch")}
      {...form.getInputProps("restrictions.models")}
    />
  );
}
