import { Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Lock, Pause, Pencil, Play } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { AdminDeploymentResponse, RouteCandidate } from "@/api/types";
import { Fact, Facts } from "@/components/facts";
import { OriginBadge } from "@/components/origin-badge";
import { BreakerBadge } from "@/features/routing/shared/breaker-badge";
import { Capacity } from "@/features/routing/shared/capacity";
import { useFormat } from "@/hooks/use-format";
import { NO_VALUE } from "@/lib/format";
import { EditDialog } from "../edit-dialog";
import { shareOf } from "../groups";
import { LastError } from "../last-error";
import { usePause } from "../use-pause";
import { CredentialStates } from "./credential-states";
import { StateBadge } from "./state-badge";
import { TestRequest } from "./test-request";

interface DeploymentCardProps {
  deployment: AdminDeploymentResponse;
  /** The weights of all deployments of its model that take requests. */
  weights: number;
  /** How the router sees it; not there while that is asked. */
  candidate: RouteCandidate | undefined;
}

/** One deployment with everything that an operator may want to know of it, and what may be done. */
export function DeploymentCard({ deployment, weights, candidate }: DeploymentCardProps) {
  const { t } = useTranslation("deployments");
  const { upstream_model: upstream, model, name } = deployment;
  const also = [upstream === model ? null : upstream, name].filter(Boolean).join(" · ");
  const title = t("name", { model, provider: deployment.provider });
  return (
    <Card component="section" aria-label={title}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <div>
          <Group gap={8}>
            <Title order={2} size="h3" className="yx-untrusted">
              {deployment.provider}
            </Title>
            <StateBadge deployment={deployment} />
            <OriginBadge origin={deployment.origin} />
          </Group>
          {also ? (
            <Text size="sm" c="dimmed" ff="monospace" className="yx-untrusted">
              {also}
            </Text>
          ) : null}
        </div>
        <Actions deployment={deployment} weights={weights} />
      </Group>
      <Stack gap="sm" mt="sm">
        <Figures deployment={deployment} weights={weights} candidate={candidate} />
        <CredentialStates states={deployment.credential_states} />
        {deployment.health.last_error ? <LastError health={deployment.health} /> : null}
        <TestRequest deployment={deployment} />
      </Stack>
    </Card>
  );
}

function Actions({ deployment, weights }: Omit<DeploymentCardProps, "candidate">) {
  const { t } = useTranslation(["deployments", "common"]);
  const [isEditing, editing] = useDisclosure(false);
  const { setPaused, isPending } = usePause(deployment);
  if (deployment.origin !== "database") {
    return (
      <Text size="xs" c="dimmed">
        <Lock size={12} aria-hidden /> {t(`common:origin.why.${deployment.origin}`)}
      </Text>
    );
  }
  const { paused } = deployment;
  return (
    <Group gap="xs">
      <Button
        size="xs"
        variant="default"
        loading={isPending}
        leftSection={paused ? <Play size={14} /> : <Pause size={14} />}
        onClick={() => setPaused(!paused)}
      >
        {t(paused ? "resume" : "pause")}
      </Button>
      <Button size="xs" variant="default" leftSection={<Pencil size={14} />} onClick={editing.open}>
        {t("common:edit")}
      </Button>
      <EditDialog deployment={deployment} weights={weights} isOpen={isEditing} onClose={editing.close} />
    </Group>
  );
}

function Figures({ deployment, weights, candidate }: DeploymentCardProps) {
  const { t } = useTranslation(["deployments", "routing"]);
  const format = useFormat();
  const { health } = deployment;
  const share = deployment.paused ? null : shareOf(deployment.weight, weights);
  return (
    <Facts look="dense">
      <Fact label={t("routing:breaker")}>
        {candidate ? <BreakerBadge candidate={candidate} /> : NO_VALUE}
      </Fact>
      <Fact label={t("routing:capacity")}>{candidate ? <Capacity candidate={candidate} /> : NO_VALUE}</Fact>
      <Fact label={t("columns.share")}>
        {share === null
          ? t(deployment.paused ? "noRequests" : "fallback")
          : `${format.percent(share, 0)} · ${t("weightOf", { weight: format.number(deployment.weight) })}`}
      </Fact>
      <Fact label={t("columns.requests")}>{format.number(health.requests)}</Fact>
      <Fact label={t("columns.errors")}>{format.number(health.errors)}</Fact>
      <Fact label={t("routing:firstTokenLabel")}>{format.duration(candidate?.first_token_ms)}</Fact>
      <Fact label={t("columns.duration")}>{format.duration(health.duration_ms_avg)}</Fact>
    </Facts>
  );
}
