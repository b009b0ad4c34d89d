import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Workflow } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Audience } from "@/api/audience";
import type { ManagementKeyWithSecretResponse, Role } from "@/api/types";
import { DataTable, plainSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { SecretListPage } from "@/components/secret-list-page";
import { useNow } from "@/hooks/use-now";
import { isUsable, useManagementKeyColumns } from "./columns";
import { CreateManagementKeyDialog } from "./create-dialog";
import { managementKeysQuery } from "./queries";
import { ManagementKeySample } from "./sample";

interface ManagementKeysProps {
  audience: Audience;
  description: string;
  emptyText: string;
  /** The role that the reader lacks to see any. */
  needed?: Role;
  /** Whether the reader may create and revoke. */
  canWrite: boolean;
}

/** The management keys of an account, or those that run the platform. */
export function ManagementKeys({ audience, description, emptyText, needed, canWrite }: ManagementKeysProps) {
  const { t } = useTranslation("management-keys");
  const keys = useQuery({ ...managementKeysQuery(audience), enabled: needed === undefined });
  const now = useNow(60_000);
  const columns = useManagementKeyColumns(audience, now, canWrite);
  const isOperator = audience === "operator";
  return (
    <SecretListPage<ManagementKeyWithSecretResponse>
      title={t("title")}
      description={description}
      createLabel={canWrite ? t("create") : null}
      needed={needed}
      list={(create) => (
        <>
          <DataTable
            label={t("list")}
            columns={columns}
            source={plainSource(keys)}
            rowKey={(key) => key.id}
            isRowDimmed={(key) => !isUsable(key, now)}
            empty={<EmptyState icon={Workflow} title={t("empty")} text={emptyText} action={create} />}
          />
          {!canWrite && keys.data && keys.data.length > 0 ? (
            <Text size="sm" c="dimmed" mt="sm">
              {t("ownersOnly")}
            </Text>
          ) : null}
        </>
      )}
      dialog={(dialog) => <CreateManagementKeyDialog audience={audience} {...dialog} />}
      secretTitle={isOperator ? t("operator.secretTitle") : t("secretTitle")}
      secretText={(created) =>
        isOperator ? (
          <Text size="sm" c="dimmed">
            {t("operator.use")}
          </Text>
        ) : (
          <ManagementKeySample accountId={audience.accountId} managementKey={created.management_key} />
        )
      }
    />
  );
}
