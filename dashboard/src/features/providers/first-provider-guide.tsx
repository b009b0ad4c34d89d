import { Button, Card, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { PlugZap } from "lucide-react";
import { useTranslation } from "react-i18next";
import { deploymentsQuery } from "@/features/deployments/queries";
import styles from "./providers.module.css";

/** Leads from the built-in sandbox to the first real response. Gone as soon as something other than the sandbox serves a model. */
export function FirstProviderGuide({ onConnect }: { onConnect: () => void }) {
  const { t } = useTranslation("providers");
  const deployments = useQuery(deploymentsQuery).data;
  if (!deployments || deployments.some((one) => one.origin !== "sandbox")) return null;
  return (
    <Card mb="lg" padding="lg" component="section" aria-labelledby="first-provider">
      <h2 className={styles.guideTitle} id="first-provider">
        {t("guide.title")}
      </h2>
      <Text size="sm" c="dimmed" maw={680} mb="md">
        {t("guide.text")}
      </Text>
      <Button
        size="xs"
        leftSection={<PlugZap size={14} />}
        onClick={onConnect}
        style={{ alignSelf: "flex-start" }}
      >
        {t("connect.title")}
      </Button>
    </Card>
  );
}
