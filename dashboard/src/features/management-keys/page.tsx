import { Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Plus, Workflow } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import { managementKeysQuery } from "@/api/settings-queries";
import type { ManagementKeyWithSecretResponse } from "@/api/types";
import { DataTable, plainSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { NoPermission } from "@/components/no-permission";
import { PageHeader } from "@/components/page-header";
import { SecretDialog } from "@/components/secret-dialog";
import { useNow } from "@/hooks/use-now";
import { isUsable, useManagementKeyColumns } from "./columns";
import { CreateManagementKeyDialog } from "./create-dialog";
import { ManagementKeySample } from "./sample";

export function ManagementKeysPage() {
  const { t } = useTranslation("settings");
  const account = useAccount();
  const isAllowed = account.can("admin");
  const isOwner = account.can("owner");
  const keys = useQuery({ ...managementKeysQuery(account.id), enabled: isAllowed });
  const now = useNow(60_000);
  const columns = useManagementKeyColumns(now);
  const [isCreating, setIsCreating] = useState(false);
  const [created, setCreated] = useState<ManagementKeyWithSecretResponse | null>(null);
  const create = isOwner ? (
    <Button leftSection={<Plus size={15} aria-hidden />} onClick={() => setIsCreating(true)}>
      {t("managementKeys.create")}
    </Button>
  ) : null;

  return (
    <>
      <PageHeader title={t("managementKeys.title")} description={t("managementKeys.text")} actions={create} />
      {isAllowed ? (
        <>
          <DataTable
            label={t("managementKeys.list")}
            columns={columns}
            source={plainSource(keys)}
            rowKey={(key) => key.id}
            isRowDimmed={(key) => !isUsable(key, now)}
            empty={
              <EmptyState
                icon={Workflow}
                title={t("managementKeys.empty")}
                text={isOwner ? t("managementKeys.emptyText") : t("managementKeys.ownersOnly")}
                action={create}
              />
            }
          />
          {!isOwner && keys.data && keys.data.length > 0 ? (
            <Text size="sm" c="dimmed" mt="sm">
              {t("managementKeys.ownersOnly")}
            </Text>
          ) : null}
        </>
      ) : (
        <NoPermission needed="admin" />
      )}
      <CreateManagementKeyDialog
        isOpen={isCreating}
        onClose={() => setIsCreating(false)}
        onDone={(answer) => {
          setIsCreating(false);
          setCreated(answer);
        }}
      />
      <SecretDialog
        secret={created?.secret ?? null}
        title={t("managementKeys.secretTitle")}
        onClose={() => setCreated(null)}
      >
        {created ? <ManagementKeySample managementKey={created.management_key} /> : null}
      </SecretDialog>
    </>
  );
}
