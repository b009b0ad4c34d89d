import { Card } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { accountBudgetsQuery } from "../queries";
import { BudgetsHeader } from "./budgets-header";
import { Standing } from "./standing";

// The first page of an account is small: forms come when they are asked for.
const BudgetsDialog = lazy(() => import("./budgets-dialog"));

/** What the account spends, and its budgets, of which it sets its own. */
export function AccountBudgetsCard({ accountId, canEdit }: { accountId: string; canEdit: boolean }) {
  const { t } = useTranslation("budgets");
  const { data } = useQuery(accountBudgetsQuery(accountId));
  const [isOpen, setIsOpen] = useState(false);
  const [isWanted, setIsWanted] = useState(false);
  const open = () => {
    setIsWanted(true);
    setIsOpen(true);
  };
  return (
    <Card padding="md" h="100%">
      <BudgetsHeader title={t("account")} onEdit={canEdit && data ? open : undefined} />
      <Standing accountId={accountId} reader="account" />
      {isWanted ? (
        <Suspense>
          <BudgetsDialog
            accountId={accountId}
            budgets={data?.budgets.filter((budget) => budget.source === "account") ?? []}
            isOpen={isOpen}
            onClose={() => setIsOpen(false)}
          />
        </Suspense>
      ) : null}
    </Card>
  );
}
