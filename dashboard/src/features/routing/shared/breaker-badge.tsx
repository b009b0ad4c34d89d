import { useTranslation } from "react-i18next";
import type { RouteCandidate } from "@/api/types";
import { StatusBadge, type Tone } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNames } from "@/hooks/use-names";

const TONES: Record<string, Tone> = { closed: "ok", half_open: "warn", open: "bad" };

interface BreakerBadgeProps {
  candidate: Pick<RouteCandidate, "breaker" | "open_for_ms" | "cooling_for_ms">;
}

/** The circuit breaker of a deployment, and when it is tried again. */
export function BreakerBadge({ candidate }: BreakerBadgeProps) {
  const { t } = useTranslation("routing");
  const format = useFormat();
  const word = useNames("breaker");
  return (
    <>
      <StatusBadge tone={TONES[candidate.breaker] ?? "neutral"}>{word(candidate.breaker)}</StatusBadge>
      {candidate.open_for_ms > 0 ? (
        <span> {t("probeIn", { time: format.duration(wholeSeconds(candidate.open_for_ms)) })}</span>
      ) : candidate.cooling_for_ms > 0 ? (
        <span> {t("coolingFor", { time: format.duration(wholeSeconds(candidate.cooling_for_ms)) })}</span>
      ) : null}
    </>
  );
}

/** A time that runs down is shown in seconds, not in hundredths of them. */
function wholeSeconds(ms: number): number {
  return Math.ceil(ms / 1000) * 1000;
}
