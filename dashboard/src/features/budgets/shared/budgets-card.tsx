import { Card, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { BudgetResponse } from "@/api/types";
import { BudgetBars } from "./budget-bars";
import { BudgetsHeader } from "./budgets-header";

/** The budgets of a key. */
export function BudgetsCard({ budgets, onEdit }: { budgets: BudgetResponse[]; onEdit?: () => void }) {
  const { t } = useTranslation("budgets");
  return (
    <Card padding="md">
      <BudgetsHeader title={t("title")} onEdit={onEdit} />
      {budgets.length > 0 ? (
        <BudgetBars budgets={budgets} reader="key" />
      ) : (
        <Text size="sm" c="dimmed">
          {t("none")}
        </Text>
      )}
    </Card>
  );
}
