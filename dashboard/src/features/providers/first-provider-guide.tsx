import { Button, Card, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { deploymentsQuery } from "@/features/deployments/queries";
import { DeploymentDialog } from "@/features/deployments/shared/deployment-dialog";
import { operatorModelsQuery } from "@/features/models/queries";
import { ModelDialog } from "@/features/models/shared/model-dialog";
import styles from "./providers.module.css";
import { providersQuery } from "./queries";

/** Leads from the built-in sandbox to the first real response. Gone as soon as something other than the sandbox serves a model. */
export function FirstProviderGuide({ onAddProvider }: { onAddProvider: () => void }) {
  const { t } = useTranslation(["providers", "models", "deployments"]);
  const providers = useQuery(providersQuery).data;
  const models = useQuery(operatorModelsQuery).data;
  const deployments = useQuery(deploymentsQuery).data;
  const [isAddingModel, model] = useDisclosure(false);
  const [isAddingDeployment, deployment] = useDisclosure(false);
  if (!providers || !models || !deployments) return null;
  const provider = providers.find((one) => one.origin !== "sandbox");
  const firstModel = models.find((one) => one.origin !== "sandbox");
  const isServed = deployments.some((one) => one.origin !== "sandbox");
  if (isServed) return null;
  const current = provider === undefined ? 1 : firstModel === undefined ? 2 : 3;
  return (
    <Card mb="lg" padding="lg" component="section" aria-labelledby="first-provider">
      <h2 className={styles.guideTitle} id="first-provider">
        {t("guide.title")}
      </h2>
      <Text size="sm" c="dimmed" maw={680} mb="md">
        {t("guide.text")}
      </Text>
      <ol className={styles.steps}>
        <Step number={1} current={current} title={t("guide.provider")} text={t("guide.providerText")}>
          <Button size="xs" onClick={onAddProvider}>
            {t("add")}
          </Button>
        </Step>
        <Step number={2} current={current} title={t("guide.model")} text={t("guide.modelText")}>
          <Button size="xs" onClick={model.open}>
            {t("models:operator.add")}
          </Button>
        </Step>
        <Step number={3} current={current} title={t("guide.deployment")} text={t("guide.deploymentText")}>
          <Button size="xs" onClick={deployment.open}>
            {t("deployments:add")}
          </Button>
        </Step>
      </ol>
      <ModelDialog model={null} isOpen={isAddingModel} onClose={model.close} />
      <DeploymentDialog
        isOpen={isAddingDeployment}
        onClose={deployment.close}
        start={{ provider: provider?.name, model: firstModel?.id }}
      />
    </Card>
  );
}

interface StepProps {
  number: number;
  current: number;
  title: string;
  text: string;
  children: ReactNode;
}

function Step({ number, current, title, text, children }: StepProps) {
  const { t } = useTranslation("providers");
  const isDone = number < current;
  return (
    <li className={styles.step} aria-current={number === current ? "step" : undefined}>
      <span className={styles.stepMark} data-done={isDone || undefined}>
        {isDone ? <Check size={14} aria-label={t("guide.done")} /> : number}
      </span>
      <div>
        <strong>{title}</strong>
        <Text size="sm" c="dimmed">
          {text}
        </Text>
        {number === current ? <div style={{ marginTop: 10 }}>{children}</div> : null}
      </div>
    </li>
  );
}
