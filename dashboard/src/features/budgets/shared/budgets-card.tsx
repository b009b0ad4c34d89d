import { Button, Card, Group, Text, Title } from "@mantine/core";
import { Pencil } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { BudgetResponse } from "@/api/types";
import { BudgetBars } from "./budget-bars";

/** The budgets of a key. */
export function BudgetsCard({ budgets, onEdit }: { budgets: BudgetResponse[]; onEdit?: () => void }) {
  const { t } = useTranslation("budgets");
  return (
    <Card padding="md">
      <Group justify="space-between" mb="xs" gap="xs">
        <Title order={2} size="h3">
          {t("title")}
        </Title>
        {onEdit ? (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<Pencil size={13} />}
            onClick={onEdit}
            aria-label={t("edit")}
          >
            {t("change")}
          </Button>
        ) : null}
      </Group>
      {budgets.length > 0 ? (
        <BudgetBars budgets={budgets} />
      ) : (
        <Text size="sm" c="dimmed">
          {t("none")}
        </Text>
      )}
    </Card>
  );
}
