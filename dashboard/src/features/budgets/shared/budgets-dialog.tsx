import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BudgetResponse } from "@/api/types";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";
import { useNotify } from "@/hooks/use-notify";
import { useSetBudgets } from "../queries";
import { BudgetFields } from "./budget-fields";
import { budgetSpecs, budgetValues, problemsOf } from "./values";

interface BudgetsDialogProps {
  accountId: string;
  budgets: BudgetResponse[];
  isOpen: boolean;
  onClose: () => void;
}

/** Edits the budgets that an account gives itself. */
export default function BudgetsDialog(props: BudgetsDialogProps) {
  const { t } = useTranslation("budgets");
  return (
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={t("editAccount")}>
      <BudgetsForm {...props} />
    </FormDialog>
  );
}

function BudgetsForm({ accountId, budgets, onClose }: BudgetsDialogProps) {
  const { t } = useTranslation();
  const notify = useNotify();
  const set = useSetBudgets(accountId);
  const { submit, isPending, error } = useSubmit();
  const [values, setValues] = useState(() => budgetValues(budgets));
  const [isChecked, setIsChecked] = useState(false);
  return (
    <FormBody
      onSubmit={(event) => {
        event.preventDefault();
        setIsChecked(true);
        if (problemsOf(values).some((problem) => problem !== null)) return;
        void submit(async () => {
          await set.mutateAsync(budgetSpecs(values));
          notify.done(t("saved"));
        }, onClose);
      }}
      onCancel={onClose}
      submitLabel={t("save")}
      isPending={isPending}
      error={error}
    >
      <BudgetFields budgets={values} onChange={setValues} isChecked={isChecked} />
    </FormBody>
  );
}
