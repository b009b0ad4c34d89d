import { Card, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { AdminAccountResponse } from "@/api/types";
import { FormDialog } from "@/components/form-dialog";
import { StatusBadge } from "@/components/status-badge";
import { BudgetsHeader } from "@/features/budgets/shared/budgets-header";
import { Standing } from "@/features/budgets/shared/standing";
import { tiersQuery } from "@/features/tiers/queries";
import { OperatorBudgetsForm } from "./operator-budgets-form";

/** What the account spends, and its budgets: an operator sets some in place of those of its tier. */
export function OperatorBudgetsCard({ account }: { account: AdminAccountResponse }) {
  const { t } = useTranslation(["budgets", "accounts"]);
  const tier = useQuery(tiersQuery).data?.find((one) => one.id === account.tier);
  const [isEditing, edit] = useDisclosure(false);
  return (
    <Card padding="md">
      <BudgetsHeader title={t("account")} onEdit={tier ? edit.open : undefined} />
      {account.budgets === null ? null : (
        <Text size="xs" mb="xs" role="status">
          <StatusBadge tone="info">{t("accounts:operator.ownBudgets")}</StatusBadge>
        </Text>
      )}
      <Standing accountId={account.id} reader="operator" />
      <FormDialog isOpen={isEditing} onClose={edit.close} title={t("editAccount")}>
        {tier ? <OperatorBudgetsForm account={account} tier={tier} onClose={edit.close} /> : null}
      </FormDialog>
    </Card>
  );
}
