import { Button, Group, Title } from "@mantine/core";
import { Pencil } from "lucide-react";
import { useTranslation } from "react-i18next";

/** The head of a card of budgets, with the way to change them. */
export function BudgetsHeader({ title, onEdit }: { title: string; onEdit: (() => void) | undefined }) {
  const { t } = useTranslation("budgets");
  return (
    <Group justify="space-between" mb="xs" gap="xs">
      <Title order={2} size="h3">
        {title}
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
  );
}
