import {
  ActionIcon,
  Button,
  Group,
  MultiSelect,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Text,
} from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { TierResponse } from "@/api/types";
import { useTierName } from "@/hooks/use-tier-name";
import type { ModelValues } from "./form-values";
import { operatorModelsQuery } from "./queries";
import { emptyRule, NEEDS } from "./route-rules";
import classes from "./rules.module.css";

/** As many as the server takes. */
const RULES_MAX = 40;

interface RulesEditorProps {
  form: UseFormReturnType<ModelValues>;
  tiers: readonly TierResponse[];
}

/** The rules of a virtual model, which are tried in their order. */
export function RulesEditor({ form, tiers }: RulesEditorProps) {
  const { t } = useTranslation("models");
  const { routes } = form.getValues();
  return (
    <Stack gap="sm">
      <Text
        size="sm"
        c={form.errors.routes ? "red" : "dimmed"}
        role={form.errors.routes ? "alert" : undefined}
      >
        {form.errors.routes ?? t("operator.rules.help")}
      </Text>
      {routes.map((rule, index) => (
        <fieldset
          key={rule.key}
          className={classes.rule}
          aria-label={t("operator.rules.rule", { place: index + 1 })}
        >
          <RuleHead form={form} index={index} count={routes.length} />
          <RuleFields form={form} tiers={tiers} index={index} />
        </fieldset>
      ))}
      <div>
        <Button
          size="xs"
          variant="default"
          leftSection={<Plus size={14} />}
          disabled={routes.length >= RULES_MAX}
          onClick={() => form.insertListItem("routes", emptyRule())}
        >
          {t("operator.rules.add")}
        </Button>
      </div>
    </Stack>
  );
}

function RuleHead({ form, index, count }: Pick<RulesEditorProps, "form"> & { index: number; count: number }) {
  const { t } = useTranslation("models");
  const place = index + 1;
  const move = (to: number) => form.reorderListItem("routes", { from: index, to });
  return (
    <Group justify="space-between" mb={4}>
      <Text size="sm" fw={600}>
        {t("operator.rules.rule", { place })}
      </Text>
      <Group gap={2}>
        <ActionIcon
          aria-label={t("operator.rules.up", { place })}
          disabled={index === 0}
          onClick={() => move(index - 1)}
        >
          <ArrowUp size={15} />
        </ActionIcon>
        <ActionIcon
          aria-label={t("operator.rules.down", { place })}
          disabled={place === count}
          onClick={() => move(index + 1)}
        >
          <ArrowDown size={15} />
        </ActionIcon>
        <ActionIcon
          aria-label={t("operator.rules.remove", { place })}
          disabled={count === 1}
          onClick={() => form.removeListItem("routes", index)}
        >
          <Trash2 size={15} />
        </ActionIcon>
      </Group>
    </Group>
  );
}

function RuleFields({ form, tiers, index }: RulesEditorProps & { index: number }) {
  const { t } = useTranslation(["models", "routing"]);
  const tierName = useTierName();
  const models = useQuery(operatorModelsQuery).data ?? [];
  const rule = form.getValues().routes[index];
  const input = (field: string) => form.getInputProps(`routes.${index}.${field}`);
  const whole = { min: 0, allowDecimal: false, placeholder: t("operator.rules.any"), thousandSeparator: "," };
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="xs">
      <Select
        label={t("operator.rules.model")}
        placeholder={t("operator.rules.choose")}
        // A rule leads to a real model.
        data={models.filter(({ routes }) => routes.length === 0).map(({ id }) => id)}
        searchable
        required
        {...input("model")}
      />
      <NumberInput
        label={t("operator.rules.percent")}
        suffix="%"
        {...whole}
        min={1}
        max={100}
        {...input("percent")}
      />
      <NumberInput label={t("operator.rules.tokensMin")} {...whole} {...input("input_tokens_min")} />
      <NumberInput label={t("operator.rules.tokensMax")} {...whole} {...input("input_tokens_max")} />
      <MultiSelect
        label={t("operator.rules.needs")}
        placeholder={rule?.needs.length ? undefined : t("operator.rules.any")}
        data={NEEDS.map((value) => ({ value, label: t(`routing:need.${value}`) }))}
        {...input("needs")}
      />
      <MultiSelect
        label={t("operator.rules.tiers")}
        placeholder={rule?.tiers.length ? undefined : t("operator.rules.any")}
        data={tiers.map((tier) => ({ value: tier.id, label: tierName(tier.id, tier.display_name) }))}
        {...input("tiers")}
      />
    </SimpleGrid>
  );
}
