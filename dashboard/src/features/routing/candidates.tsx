import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { RouteCandidate } from "@/api/types";
import { StatusBadge, type Tone } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNames } from "@/hooks/use-names";
import classes from "./routing.module.css";
import { BreakerBadge } from "./shared/breaker-badge";
import { Capacity } from "./shared/capacity";

/** The deployments of a model in the order in which they would be asked, and why each is there or out. */
export function Candidates({ candidates }: { candidates: RouteCandidate[] }) {
  const { t } = useTranslation("routing");
  return (
    <ol className={classes.candidates} aria-label={t("candidates")}>
      {candidates.map((candidate) => (
        <CandidateItem
          key={`${candidate.deployment_id}/${candidate.credential ?? ""}`}
          candidate={candidate}
        />
      ))}
    </ol>
  );
}

function CandidateItem({ candidate }: { candidate: RouteCandidate }) {
  const { t } = useTranslation("routing");
  const format = useFormat();
  const status = useNames("routeStatus");
  const reason = useNames("routeReason");
  const { place } = candidate;
  const name = [candidate.provider, candidate.upstream_model, candidate.credential]
    .filter(Boolean)
    .join(" · ");
  return (
    <li className={classes.candidate} data-out={place === null || undefined}>
      <span className={classes.place} aria-hidden>
        {place ?? NO_PLACE}
      </span>
      <div className={classes.facts}>
        <Text fw={600} className="yx-untrusted">
          <span className="yx-visually-hidden">
            {place === null ? t("out") : t("place", { place: format.number(place) })}:{" "}
          </span>
          {name}
        </Text>
        <Text size="sm" component="div">
          <StatusBadge tone={toneOf(candidate)}>{status(candidate.status)}</StatusBadge>
          {candidate.reason ? <span> {reason(candidate.reason)}</span> : null}
        </Text>
        <Text size="xs" c="dimmed" component="div" className={classes.line}>
          <span>{t("group", { group: format.number(candidate.group) })}</span>
          <span>{t("weight", { weight: format.number(candidate.weight) })}</span>
          <span>
            <Capacity candidate={candidate} />
          </span>
          {candidate.first_token_ms === null ? null : (
            <span>{t("firstToken", { time: format.duration(candidate.first_token_ms) })}</span>
          )}
          {candidate.breaker === "closed" && candidate.cooling_for_ms === 0 ? null : (
            <span>
              <BreakerBadge candidate={candidate} />
            </span>
          )}
        </Text>
      </div>
    </li>
  );
}

const NO_PLACE = "–";

/** Out, last in the order, or in good standing. */
function toneOf({ place, status }: RouteCandidate): Tone {
  if (status === "well") return "ok";
  if (place === null) return status === "paused" ? "neutral" : "bad";
  return "warn";
}
