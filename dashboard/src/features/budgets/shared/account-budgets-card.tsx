import { Button, Card, Group, Skeleton, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/error-state";
import { Fact, Facts } from "@/components/facts";
import { useFormat } from "@/hooks/use-format";
import { nanosOf } from "@/lib/format";
import { accountBudgetsQuery } from "../queries";
import { BudgetBars } from "./budget-bars";
import { BudgetsDialog } from "./budgets-dialog";

/** What the account spends this month, what that will be at its end, and its budgets. */
export function AccountBudgetsCard({ accountId, canEdit }: { accountId: string; canEdit: boolean }) {
  const { t } = useTranslation("budgets");
  const format = useFormat();
  const standing = useQuery(accountBudgetsQuery(accountId));
  const [isOpen, setIsOpen] = useState(false);
  const { data, error } = standing;
  return (
    <Card padding="md" h="100%">
      <Group justify="space-between" mb="xs" gap="xs">
        <Title order={2} size="h3">
          {t("account")}
        </Title>
        {canEdit && data ? (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<Pencil size={13} />}
            onClick={() => setIsOpen(true)}
            aria-label={t("edit")}
          >
            {t("change")}
          </Button>
        ) : null}
      </Group>
      {data ? (
        <>
          <Facts look="lines">
            <Fact label={t("monthToDate")}>{format.headlineMoney(nanosOf(data.month_to_date))}</Fact>
            <Fact label={t("forecast")}>{format.headlineMoney(nanosOf(data.month_forecast))}</Fact>
          </Facts>
          <div style={{ marginTop: 16 }}>
            {data.budgets.length > 0 ? (
              <BudgetBars budgets={data.budgets} showsSource />
            ) : (
              <Text size="sm" c="dimmed">
                {t("noneOfAccount")}
              </Text>
            )}
          </div>
          <BudgetsDialog
            accountId={accountId}
            budgets={data.budgets.filter((budget) => budget.source === "account")}
            isOpen={isOpen}
            onClose={() => setIsOpen(false)}
          />
        </>
      ) : error ? (
        <ErrorState error={error} onRetry={() => void standing.refetch()} />
      ) : (
        <Skeleton height={120} radius="md" />
      )}
    </Card>
  );
}
