import { Button, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CatalogResponse } from "@/api/types";
import { TestRequest } from "@/features/deployments/shared/test-request";
import classes from "./connect.module.css";

/** What is connected now, and a test request for each of it. */
export function DoneStep({ added, onClose }: { added: CatalogResponse; onClose: () => void }) {
  const { t } = useTranslation("providers");
  const { t: common } = useTranslation();
  return (
    <Stack>
      <Text role="status">
        {added.deployments.length === 0
          ? t("connect.savedOnly", { name: added.providers[0]?.name })
          : t("connect.done", { count: added.deployments.length })}
      </Text>
      <ul className={classes.done} aria-label={t("connect.models")}>
        {added.deployments.map((deployment) => (
          <li key={deployment.id} className={classes.doneModel}>
            <TestRequest deployment={deployment} hasName />
          </li>
        ))}
      </ul>
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          {common("done")}
        </Button>
      </Group>
    </Stack>
  );
}
