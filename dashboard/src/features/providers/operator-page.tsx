import { Button, Card } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Network, Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/empty-state";
import { Loaded } from "@/components/loaded";
import { PageHeader } from "@/components/page-header";
import { ProviderCard } from "./card";
import { ProviderDialog } from "./dialog";
import { FirstProviderGuide } from "./first-provider-guide";
import styles from "./providers.module.css";
import { providersQuery } from "./queries";

export function OperatorProvidersPage() {
  const { t } = useTranslation("providers");
  const providers = useQuery(providersQuery);
  const [isCreating, create] = useDisclosure(false);
  const addButton = (
    <Button leftSection={<Plus size={16} />} onClick={create.open}>
      {t("add")}
    </Button>
  );
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} actions={addButton} />
      <FirstProviderGuide onAddProvider={create.open} />
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
      <ProviderDialog provider={null} isOpen={isCreating} onClose={create.close} />
    </>
  );
}
