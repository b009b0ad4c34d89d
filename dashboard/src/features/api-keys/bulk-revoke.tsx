import { Button, Group, List, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Ban } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ApiKeyResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { useNotify } from "@/hooks/use-notify";
import { useRevokeApiKeys } from "./queries";

interface BulkRevokeProps {
  accountId: string;
  keys: ApiKeyResponse[];
  onClear: () => void;
}

/** What is done to the keys that are ticked; nothing while none is. */
export function BulkRevoke({ accountId, keys, onClear }: BulkRevokeProps) {
  const { t } = useTranslation("api-keys");
  const notify = useNotify();
  const revoke = useRevokeApiKeys(accountId);
  const [isOpen, dialog] = useDisclosure(false);
  const count = keys.length;
  return (
    <>
      {count > 0 ? (
        <Group mb="sm" gap="xs" role="status">
          <Text size="sm">{t("bulk.chosen", { count })}</Text>
          <Button
            size="compact-sm"
            color="red"
            variant="light"
            leftSection={<Ban size={14} />}
            onClick={dialog.open}
          >
            {t("bulk.revoke", { count })}
          </Button>
          <Button size="compact-sm" variant="subtle" color="gray" onClick={onClear}>
            {t("bulk.clear")}
          </Button>
        </Group>
      ) : null}
      <ConfirmDialog
        isOpen={isOpen && count > 0}
        onClose={dialog.close}
        title={t("bulk.revoke", { count })}
        confirmLabel={t("bulk.revoke", { count })}
        isDangerous
        onConfirm={async () => {
          await revoke.mutateAsync(keys.map((key) => key.id));
          notify.done(t("bulk.done", { count }));
          onClear();
        }}
      >
        <Text size="sm" mb="xs">
          {t("bulk.text")}
        </Text>
        <List size="sm">
          {keys.map((key) => (
            <List.Item key={key.id} className="yx-untrusted">
              {key.name}{" "}
              <Text span size="xs" c="dimmed">
                {key.hint}
              </Text>
            </List.Item>
          ))}
        </List>
      </ConfirmDialog>
    </>
  );
}
