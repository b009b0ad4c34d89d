import { Code, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Webhook } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import type { WebhookWithSecretResponse } from "@/api/types";
import { DataTable, plainSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { SecretListPage } from "@/components/secret-list-page";
import { useNow } from "@/hooks/use-now";
import { useWebhookColumns } from "./columns";
import { CreateWebhookDialog } from "./create-dialog";
import { webhooksQuery } from "./queries";

/** Where the account is told of what is noticed about its keys. */
export function WebhooksPage() {
  const { t } = useTranslation("webhooks");
  const account = useAccount();
  const isAllowed = account.can("admin");
  const webhooks = useQuery({ ...webhooksQuery(account.id), enabled: isAllowed });
  const columns = useWebhookColumns(useNow(30_000));
  return (
    <SecretListPage<WebhookWithSecretResponse>
      title={t("title")}
      description={t("text")}
      createLabel={isAllowed ? t("create") : null}
      needed={isAllowed ? undefined : "admin"}
      list={(create) => (
        <DataTable
          label={t("title")}
          columns={columns}
          source={plainSource(webhooks)}
          rowKey={(webhook) => webhook.id}
          isRowDimmed={(webhook) => !webhook.is_enabled}
          empty={<EmptyState icon={Webhook} title={t("empty")} text={t("emptyText")} action={create} />}
        />
      )}
      dialog={(dialog) => <CreateWebhookDialog accountId={account.id} {...dialog} />}
      secretTitle={t("secretTitle")}
      secretText={() => (
        <Text size="sm">
          {t("secretText")} <Code>webhook-id.webhook-timestamp.body</Code>
        </Text>
      )}
    />
  );
}
