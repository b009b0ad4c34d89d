import { ActionIcon, Button, NumberInput, Text, TextInput } from "@mantine/core";
import { CalendarClock, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import classes from "./budgets.module.css";
import type { BudgetProblem, OverrideValues } from "./values";

interface OverrideFieldsProps {
  override: OverrideValues | null;
  /** The place of the budget in its list. */
  number: number;
  problem: BudgetProblem | null;
  onChange: (override: OverrideValues | null) => void;
}

/** Another amount of a budget for a while: a button until somebody wants one. */
export function OverrideFields({ override, number, problem, onChange }: OverrideFieldsProps) {
  const { t } = useTranslation("budgets");
  if (override === null) {
    return (
      <Button
        className={classes.addOverride}
        size="compact-xs"
        variant="subtle"
        leftSection={<CalendarClock size={13} aria-hidden />}
        aria-label={t("form.override.addTo", { number })}
        onClick={() => onChange({ amount: "", lastDay: "" })}
      >
        {t("form.override.add")}
      </Button>
    );
  }
  return (
    <div className={classes.override}>
      <Text span size="sm" c="dimmed" className={classes.overrideWord}>
        {t("form.override.title")}
      </Text>
      <NumberInput
        aria-label={t("form.override.amount", { number })}
        placeholder={t("form.override.amountExample")}
        prefix="$"
        min={0}
        decimalScale={9}
        thousandSeparator=","
        value={override.amount}
        onChange={(amount) => onChange({ ...override, amount })}
        error={problem === "overrideAmount" ? t("form.problem.amount") : null}
      />
      <Text span size="sm" c="dimmed" className={classes.overrideWord}>
        {t("form.override.until")}
      </Text>
      <TextInput
        type="date"
        aria-label={t("form.override.lastDay", { number })}
        value={override.lastDay}
        onChange={(event) => onChange({ ...override, lastDay: event.currentTarget.value })}
        error={problem === "overrideDay" ? t("form.problem.overrideDay") : null}
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t("form.override.remove", { number })}
        onClick={() => onChange(null)}
      >
        <X size={16} aria-hidden />
      </ActionIcon>
    </div>
  );
}
