import { ActionIcon, Button, Group, NumberInput, Select, Stack, Text } from "@mantine/core";
import { Plus, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import classes from "./budgets.module.css";
import { OverrideFields } from "./override-fields";
import {
  BUDGETS_MAX,
  type BudgetProblem,
  type BudgetValues,
  type BudgetWindow,
  hasMode,
  newBudget,
  problemsOf,
  WINDOWS,
} from "./values";

interface BudgetFieldsProps {
  budgets: BudgetValues[];
  /** In place of the one for whose budgets the reader's own are. */
  hint?: string;
  onChange: (budgets: BudgetValues[]) => void;
  /** Says what is wrong; before somebody sends the form, nothing is. */
  isChecked: boolean;
}

/** A list of budgets to edit: a row for each. */
export function BudgetFields({ budgets, hint, onChange, isChecked }: BudgetFieldsProps) {
  const { t } = useTranslation("budgets");
  const problems = problemsOf(budgets);
  const change = (index: number, part: Partial<BudgetValues>) =>
    onChange(budgets.map((budget, at) => (at === index ? { ...budget, ...part } : budget)));
  return (
    <fieldset className={classes.fields}>
      <legend>
        <Text span size="sm" fw={500} display="block">
          {t("form.title")}
        </Text>
        <Text span size="xs" c="dimmed" display="block">
          {hint ?? t("form.hint")}
        </Text>
      </legend>
      <Stack gap="xs">
        {budgets.map((budget, index) => (
          <BudgetRow
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place in the list
            key={index}
            budget={budget}
            number={index + 1}
            problem={isChecked ? (problems[index] ?? null) : null}
            onChange={(part) => change(index, part)}
            onRemove={() => onChange(budgets.filter((_, at) => at !== index))}
          />
        ))}
        {budgets.length < BUDGETS_MAX ? (
          <Group>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<Plus size={14} aria-hidden />}
              onClick={() => onChange([...budgets, newBudget(budgets)])}
            >
              {t("form.add")}
            </Button>
          </Group>
        ) : null}
      </Stack>
    </fieldset>
  );
}

interface BudgetRowProps {
  budget: BudgetValues;
  number: number;
  problem: BudgetProblem | null;
  onChange: (part: Partial<BudgetValues>) => void;
  onRemove: () => void;
}

/** The ways in which a window is chosen: with the calendar or rolling, where there is a difference. */
const CHOICES = [
  "session_calendar",
  "day_calendar",
  "day_rolling",
  "week_calendar",
  "week_rolling",
  "month_calendar",
  "month_rolling",
  "total_calendar",
] as const;

function BudgetRow({ budget, number, problem, onChange, onRemove }: BudgetRowProps) {
  const { t } = useTranslation("budgets");
  const mode = hasMode(budget.window) ? budget.mode : "calendar";
  return (
    <div className={classes.row}>
      <NumberInput
        aria-label={t("form.amount", { number })}
        placeholder={t("form.amountExample")}
        prefix="$"
        min={0}
        decimalScale={9}
        thousandSeparator=","
        value={budget.amount}
        onChange={(amount) => onChange({ amount })}
        error={problem === "amount" || problem === "twice" ? t(`form.problem.${problem}`) : null}
      />
      <Select
        aria-label={t("form.window", { number })}
        allowDeselect={false}
        data={CHOICES.map((choice) => ({ value: choice, label: t(`per.${choice}`) }))}
        value={`${budget.window}_${mode}`}
        onChange={(choice) => {
          const [window, moves] = (choice ?? "").split("_");
          onChange({
            window: WINDOWS.find((one) => one === window) ?? ("month" satisfies BudgetWindow),
            mode: moves === "rolling" ? "rolling" : "calendar",
          });
        }}
      />
      <Select
        aria-label={t("form.action", { number })}
        allowDeselect={false}
        data={(["block", "warn"] as const).map((action) => ({ value: action, label: t(`action.${action}`) }))}
        value={budget.action}
        onChange={(action) => onChange({ action: action === "warn" ? "warn" : "block" })}
      />
      <ActionIcon variant="subtle" color="gray" aria-label={t("form.remove", { number })} onClick={onRemove}>
        <Trash2 size={16} aria-hidden />
      </ActionIcon>
      <OverrideFields
        override={budget.override ?? null}
        number={number}
        problem={problem}
        onChange={(override) => onChange({ override })}
      />
    </div>
  );
}
