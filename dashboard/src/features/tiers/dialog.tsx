import { Checkbox, NumberInput, Select, SimpleGrid, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import type { AdminModelResponse, TierResponse } from "@/api/types";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";
import layoutClasses from "@/components/layout.module.css";
import textClasses from "@/components/text.module.css";
import { BudgetFields } from "@/features/budgets/shared/budget-fields";
import {
  type BudgetValues,
  budgetSpecs,
  budgetValues,
  problemsOf,
  wholeBudgets,
} from "@/features/budgets/shared/values";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { useWriteTier } from "./queries";
import { ReachedModels } from "./reached-models";
import { reachedModels, TIER_FIELDS } from "./shared/tier-changes";
import { TierComparison } from "./shared/tier-comparison";
import classes from "./tiers.module.css";

interface TierDialogProps {
  /** `null`: a new one. */
  tier: TierResponse | null;
  tiers: TierResponse[];
  models: AdminModelResponse[];
  isOpen: boolean;
  onClose: () => void;
}

export function TierDialog(props: TierDialogProps) {
  const { t } = useTranslation("tiers");
  return (
    <FormDialog
      isOpen={props.isOpen}
      onClose={props.onClose}
      size="xl"
      title={props.tier ? t("editNamed", { name: props.tier.display_name }) : t("create")}
    >
      <TierForm {...props} />
    </FormDialog>
  );
}

const LIMIT_FIELDS = [
  "requests_per_minute",
  "tokens_per_minute",
  "requests_per_day",
  "concurrent_requests",
] as const;

type Values = Omit<TierResponse, "accounts" | "budgets"> & { budgets: BudgetValues[] };

function valuesOf({ accounts, budgets, ...tier }: TierResponse): Values {
  return { ...tier, budgets: budgetValues(budgets) };
}

function newTier(tiers: TierResponse[]): Values {
  const top = Math.max(0, ...tiers.map((tier) => tier.rank));
  return {
    id: "",
    display_name: "",
    rank: top + 10,
    priority: 2,
    requests_per_minute: 60,
    tokens_per_minute: 200_000,
    requests_per_day: 10_000,
    concurrent_requests: 50,
    account_multiplier: 2,
    keys_max: 20,
    price_factor_percent: 100,
    credits: null,
    budgets: [],
  };
}

function TierForm({ tier, tiers, models, onClose }: TierDialogProps) {
  const { t } = useTranslation("tiers");
  const { t: common } = useTranslation();
  const format = useFormat();
  const notify = useNotify();
  const write = useWriteTier();
  const [known] = useState(() => (tier ? valuesOf(tier) : newTier(tiers)));
  const isWhole = (value: unknown) =>
    typeof value === "number" && Number.isInteger(value) && value >= 0 ? null : t("number");
  const limit = (value: number | null) => (value === null ? null : isWhole(value));
  const form = useForm<Values>({
    initialValues: known,
    validate: {
      id: (value) => (/^[a-z0-9-]{1,40}$/.test(value) ? null : t("idWrong")),
      display_name: (value) => (value.trim() ? null : t("nameWrong")),
      rank: isWhole,
      requests_per_minute: limit,
      tokens_per_minute: limit,
      requests_per_day: limit,
      concurrent_requests: limit,
      keys_max: limit,
      account_multiplier: isWhole,
      price_factor_percent: isWhole,
      budgets: (budgets) => (problemsOf(budgets).some((problem) => problem !== null) ? " " : null),
    },
  });
  const { submit, isPending, error } = useSubmit(form, ["id", ...TIER_FIELDS]);
  const values = form.getValues();
  const onSubmit = form.onSubmit((sent) =>
    submit(async () => {
      const body = { ...sent, budgets: budgetSpecs(sent.budgets) };
      await write.mutateAsync({ tier: body, isNew: tier === null });
      notify.done(t("saved", { name: sent.display_name }));
    }, onClose),
  );
  const ceiling =
    values.requests_per_minute === null ? null : values.requests_per_minute * values.account_multiplier;
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={tier ? common("save") : t("create")}
      isPending={isPending}
      error={error}
      isDisabled={tier !== null && !form.isDirty()}
    >
      <div className={classes.formSplit}>
        <div className={layoutClasses.stack}>
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <TextInput
              label={t("name")}
              required
              maxLength={maxLengthOf("TierRequest", "display_name")}
              data-autofocus
              {...form.getInputProps("display_name")}
            />
            <TextInput
              label={t("id")}
              description={tier ? undefined : t("idHelp")}
              inputWrapperOrder={["label", "input", "description", "error"]}
              required
              readOnly={tier !== null}
              maxLength={maxLengthOf("TierRequest", "id")}
              {...form.getInputProps("id")}
            />
            <NumberInput
              label={t("rank")}
              description={t("rankHelp")}
              inputWrapperOrder={["label", "input", "description", "error"]}
              min={0}
              max={1_000_000}
              {...form.getInputProps("rank")}
            />
            <Select
              label={t("priority")}
              description={t("priorityHelp")}
              inputWrapperOrder={["label", "input", "description", "error"]}
              data={(["1", "2", "3", "4"] as const).map((value) => ({
                value,
                label: t(`priorities.${value}`),
              }))}
              allowDeselect={false}
              value={String(values.priority)}
              onChange={(value) => form.setFieldValue("priority", Number(value))}
            />
          </SimpleGrid>
          <fieldset className={classes.fieldset}>
            <legend>{t("limitsTitle")}</legend>
            {LIMIT_FIELDS.map((field) => (
              <LimitInput
                key={field}
                label={t(`limits.${field}`)}
                value={values[field]}
                start={known[field] ?? 1000}
                onChange={(value) => form.setFieldValue(field, value)}
                error={form.errors[field]}
              />
            ))}
          </fieldset>
          <LimitInput
            label={t("keysMax")}
            value={values.keys_max}
            start={known.keys_max ?? 100}
            onChange={(value) => form.setFieldValue("keys_max", value)}
            error={form.errors.keys_max}
          />
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <NumberInput
              label={t("multiplier")}
              description={t("multiplierHelp")}
              inputWrapperOrder={["label", "input", "description", "error"]}
              suffix=" ×"
              min={1}
              max={1_000_000}
              {...form.getInputProps("account_multiplier")}
            />
            <NumberInput
              label={t("factor")}
              description={t("factorHelp")}
              inputWrapperOrder={["label", "input", "description", "error"]}
              suffix=" %"
              min={0}
              max={10_000}
              {...form.getInputProps("price_factor_percent")}
            />
            <Select
              label={t("limits.credits")}
              description={t("creditsHelp")}
              inputWrapperOrder={["label", "input", "description", "error"]}
              data={(["default", "off", "required"] as const).map((mode) => ({
                value: mode,
                label: t(`creditsModes.${mode}`),
              }))}
              allowDeselect={false}
              value={values.credits ?? "default"}
              onChange={(mode) =>
                form.setFieldValue("credits", mode === "off" || mode === "required" ? mode : null)
              }
            />
          </SimpleGrid>
          <BudgetFields
            budgets={values.budgets}
            hint={t("budgetsHelp")}
            onChange={(budgets) => form.setFieldValue("budgets", budgets)}
            isChecked={form.errors.budgets != null}
          />
        </div>
        <aside className={classes.preview} aria-live="polite" aria-label={t("preview")}>
          <h3 className={textClasses.heading}>{t("preview")}</h3>
          {tier ? (
            <>
              <Text size="xs" c="dimmed" mb="xs">
                {t("previewFor", { count: tier.accounts ?? 0 })}
              </Text>
              <TierComparison
                before={tier}
                after={{ ...values, budgets: wholeBudgets(values.budgets) }}
                models={models}
                tiers={tiers}
              />
            </>
          ) : (
            <>
              <Text size="xs" c="dimmed" mb="xs">
                {t("previewNew")}
              </Text>
              <ReachedModels reached={reachedModels(values.rank, models, tiers)} models={models} />
            </>
          )}
          {ceiling !== null && Number.isFinite(ceiling) ? (
            <Text size="xs" c="dimmed" mt="sm">
              {t("example", { requests: format.number(ceiling) })}
            </Text>
          ) : null}
        </aside>
      </div>
    </FormBody>
  );
}

interface LimitInputProps {
  label: string;
  value: number | null;
  /** What the field begins with when a limit is set where there was none. */
  start: number;
  onChange: (value: number | null) => void;
  error?: React.ReactNode;
}

/** A number or none; `null` is unlimited, as on the wire. */
function LimitInput({ label, value, start, onChange, error }: LimitInputProps) {
  const { t } = useTranslation("tiers");
  const { t: common } = useTranslation();
  return (
    <div className={classes.limit}>
      <NumberInput
        label={label}
        min={0}
        thousandSeparator=","
        value={value ?? ""}
        disabled={value === null}
        placeholder={common("unlimited")}
        onChange={(typed) => onChange(typed === "" ? Number.NaN : Number(typed))}
        error={error}
      />
      <Checkbox
        label={t("unlimited")}
        aria-label={t("unlimitedOf", { name: label })}
        checked={value === null}
        onChange={(event) => onChange(event.currentTarget.checked ? null : start)}
      />
    </div>
  );
}
