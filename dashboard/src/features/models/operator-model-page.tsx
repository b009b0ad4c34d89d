import { Button, Card, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { CloudOff, Plus, Route, SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { AdminModelResponse } from "@/api/types";
import { EmptyState } from "@/components/empty-state";
import { ButtonLink } from "@/components/links/button-link";
import { ParentLink } from "@/components/links/parent-link";
import { LiveMark } from "@/components/live-mark";
import { Loaded } from "@/components/loaded";
import { PageHeader } from "@/components/page-header";
import { liveDeploymentsQuery } from "@/features/deployments/queries";
import { DeploymentCard } from "@/features/deployments/shared/deployment-card";
import { DeploymentDialog } from "@/features/deployments/shared/deployment-dialog";
import { routeQuery } from "@/features/routing/queries";
import { QueueCard } from "@/features/routing/shared/queue-card";
import { useNames } from "@/hooks/use-names";
import { isVirtual } from "./form-values";
import { operatorModelsQuery } from "./queries";
import { RulesCard } from "./rules-card";
import { ModelDialog } from "./shared/model-dialog";

/** A model as it is served: its deployments, and the queue in front of them. */
export function OperatorModelPage() {
  const { t } = useTranslation(["models", "common"]);
  const { _splat: id = "" } = useParams({ strict: false });
  const models = useQuery(operatorModelsQuery);
  const model = models.data?.find((one) => one.id === id);
  return (
    <>
      <PageHeader
        title={model?.display_name ?? id}
        description={model ? <Described model={model} /> : undefined}
        parent={<ParentLink to="/operator/models">{t("operator.title")}</ParentLink>}
        actions={model ? <Actions model={model} /> : undefined}
      />
      <Loaded query={models}>
        {() =>
          model ? (
            isVirtual(model) ? (
              <RulesCard model={model} />
            ) : (
              <Served model={model} />
            )
          ) : (
            <Card padding={0}>
              <EmptyState icon={SearchX} title={t("common:noMatch.title")} text={t("operator.notFound")} />
            </Card>
          )
        }
      </Loaded>
    </>
  );
}

function Described({ model }: { model: AdminModelResponse }) {
  const { t } = useTranslation(["routing", "models"]);
  const typeName = useNames("modelType");
  const policy = useNames("routingPolicy");
  return (
    <span className="yx-untrusted">
      {model.id} · {typeName(model.model_type)} ·{" "}
      {isVirtual(model)
        ? t("models:operator.rules.virtual")
        : t("policy", { policy: policy(model.routing_policy) })}
    </span>
  );
}

function Actions({ model }: { model: AdminModelResponse }) {
  const { t } = useTranslation(["models", "common", "routing", "deployments"]);
  const [isEditing, edit] = useDisclosure(false);
  const [isAdding, add] = useDisclosure(false);
  return (
    <>
      <ButtonLink
        to="/operator/routing"
        search={{ model: model.id }}
        variant="default"
        leftSection={<Route size={15} />}
      >
        {t("routing:explain")}
      </ButtonLink>
      <Button variant="default" onClick={edit.open}>
        {t(model.origin === "database" ? "common:edit" : "common:look")}
      </Button>
      {isVirtual(model) ? null : (
        <Button leftSection={<Plus size={16} />} onClick={add.open}>
          {t("deployments:add")}
        </Button>
      )}
      <ModelDialog model={model} isOpen={isEditing} onClose={edit.close} />
      <DeploymentDialog isOpen={isAdding} onClose={add.close} start={{ model: model.id }} />
    </>
  );
}

function Served({ model }: { model: AdminModelResponse }) {
  const { t } = useTranslation("models");
  const deployments = useQuery(liveDeploymentsQuery);
  const route = useQuery(routeQuery({ model: model.id }));
  return (
    <Loaded query={deployments}>
      {(all) => {
        const rows = all.filter((one) => one.model === model.id);
        const weights = rows.reduce((sum, one) => sum + (one.paused ? 0 : one.weight), 0);
        return (
          <Stack gap="md">
            <LiveMark at={deployments.dataUpdatedAt} isFailing={deployments.isRefetchError} />
            {rows.length === 0 ? (
              <Card padding={0}>
                <EmptyState
                  icon={CloudOff}
                  title={t("operator.notServed")}
                  text={t("operator.notServedText")}
                />
              </Card>
            ) : null}
            {rows.map((row) => (
              <DeploymentCard
                key={row.id}
                deployment={row}
                weights={weights}
                candidate={route.data?.candidates.find((one) => one.deployment_id === row.id)}
              />
            ))}
            {route.data ? <QueueCard route={route.data} /> : null}
            {route.error && !route.data ? (
              <Text size="sm" c="dimmed">
                {t("operator.noRoute")}
              </Text>
            ) : null}
          </Stack>
        );
      }}
    </Loaded>
  );
}
