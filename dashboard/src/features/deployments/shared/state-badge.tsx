import { useTranslation } from "react-i18next";
import type { AdminDeploymentResponse } from "@/api/types";
import { StatusBadge, type Tone } from "@/components/status-badge";
import { type DeploymentState, stateOf } from "../groups";

const TONES: Record<DeploymentState, Tone> = {
  healthy: "ok",
  idle: "neutral",
  failing: "bad",
  paused: "warn",
};

/** How a deployment stands; of one that is paused, how many requests it still has. */
export function StateBadge({ deployment }: { deployment: AdminDeploymentResponse }) {
  const { t } = useTranslation("deployments");
  const state = stateOf(deployment);
  const running = deployment.health.in_flight;
  return (
    <StatusBadge tone={TONES[state]}>
      {state === "paused" && running > 0 ? t("draining", { count: running }) : t(`states.${state}`)}
    </StatusBadge>
  );
}
