import { Radio, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AdminAccountResponse, TierResponse } from "@/api/types";
import { FormBody, useSubmit } from "@/components/form-dialog";
import { BudgetFields } from "@/features/budgets/shared/budget-fields";
import { useBudgetWords } from "@/features/budgets/shared/use-budget-words";
import { budgetSpecs, budgetValues, problemsOf } from "@/features/budgets/shared/values";
import { useNotify } from "@/hooks/use-notify";
import { useEditOperatorAccount } from "./queries";

interface OperatorBudgetsFormProps {
  account: AdminAccountResponse;
  tier: TierResponse;
  onClose: () => void;
}

/** Budgets that an account cannot change: those of its tier, or others in their place. */
export function OperatorBudgetsForm({ account, tier, onClose }: OperatorBudgetsFormProps) {
  const { t } = useTranslation(["accounts", "common"]);
  const notify = useNotify();
  const edit = useEditOperatorAccount(account.id);
  const { submit, isPending, error } = useSubmit();
  const [isOwn, setIsOwn] = useState(account.budgets !== null);
  // Where it has none of its own yet, those of its tier are what is changed.
  const [values, setValues] = useState(() => budgetValues(account.budgets ?? tier.budgets));
  const [isChecked, setIsChecked] = useState(false);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setIsChecked(true);
    if (isOwn && problemsOf(values).some((problem) => problem !== null)) return;
    void submit(async () => {
      await edit.mutateAsync({ budgets: isOwn ? budgetSpecs(values) : null });
      notify.done(t("common:saved"));
    }, onClose);
  };
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={t("common:save")}
      isPending={isPending}
      error={error}
    >
      <Source isOwn={isOwn} tier={tier} onChange={setIsOwn} />
      {isOwn ? (
        <BudgetFields
          budgets={values}
          hint={t("operator.budgetsHint")}
          onChange={setValues}
          isChecked={isChecked}
        />
      ) : null}
    </FormBody>
  );
}

interface SourceProps {
  isOwn: boolean;
  tier: TierResponse;
  onChange: (isOwn: boolean) => void;
}

function Source({ isOwn, tier, onChange }: SourceProps) {
  const { t } = useTranslation("accounts");
  const words = useBudgetWords();
  return (
    <Radio.Group
      aria-label={t("operator.budgetsSource")}
      value={isOwn ? "own" : "tier"}
      onChange={(value) => onChange(value === "own")}
    >
      <Stack gap="xs">
        <Radio value="tier" label={t("operator.budgetsOfTier")} description={words(tier.budgets)} />
        <Radio value="own" label={t("operator.ownBudgets")} description={t("operator.ownBudgetsText")} />
      </Stack>
    </Radio.Group>
  );
}
