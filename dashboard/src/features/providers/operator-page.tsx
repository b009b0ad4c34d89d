import { Button, Card } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Network, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/empty-state";
import { Loaded } from "@/components/loaded";
import { PageHeader } from "@/components/page-header";
import { ProviderCard } from "./card";
import { ConnectSheet } from "./connect/sheet";
import { FirstProviderGuide } from "./first-provider-guide";
import styles from "./providers.module.css";
import { providersQuery } from "./queries";

export function OperatorProvidersPage() {
  const { t } = useTranslation("providers");
  const providers = useQuery(providersQuery);
  const [isConnecting, connect] = useDisclosure(false);
  const addButton = (
    <Button leftSection={<Plus size={16} />} onClick={connect.open}>
      {t("connect.title")}
    </Button>
  );
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} actions={addButton} />
      <FirstProviderGuide onConnect={connect.open} />
      <Loaded query={providers}>
        {(rows) =>
          rows.length === 0 ? (
            <Card padding={0}>
              <EmptyState icon={Network} title={t("empty")} text={t("emptyText")} action={addButton} />
            </Card>
          ) : (
            <ul className={styles.list} aria-label={t("title")}>
              {rows.map((provider) => (
                <ProviderCard key={provider.name} provider={provider} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <ConnectSheet provider={null} isOpen={isConnecting} onClose={connect.close} />
    </>
  );
}
