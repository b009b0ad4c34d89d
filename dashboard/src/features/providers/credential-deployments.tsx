import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { BreakerBadge } from "@/features/routing/shared/breaker-badge";
import { Capacity } from "@/features/routing/shared/capacity";
import { useNames } from "@/hooks/use-names";
import type { StateAtDeployment } from "./credentials";
import classes from "./providers.module.css";

const SHOWN = 5;

/** How a credential does at the deployments that are called with it: its breaker, when it is tried again, and what it takes. */
export function CredentialDeployments({ label, states }: { label: string; states: StateAtDeployment[] }) {
  const { t } = useTranslation("providers");
  const reason = useNames("routeStatus");
  if (states.length === 0) return null;
  const more = states.length - SHOWN;
  return (
    <ul className={classes.states} aria-label={t("credentials.states", { label })}>
      {states.slice(0, SHOWN).map(({ deployment, state }) => (
        <li key={deployment.id} className={classes.state}>
          <span className={`yx-untrusted ${classes.stateModel}`}>{deployment.model}</span>
          <span>
            <BreakerBadge candidate={state} />
            {state.reason ? ` ${reason(state.reason)}` : null}
          </span>
          <Text span size="xs" c="dimmed">
            <Capacity candidate={state} />
          </Text>
        </li>
      ))}
      {more > 0 ? (
        <li>
          <Text size="xs" c="dimmed">
            {t("credentials.more", { count: more })}
          </Text>
        </li>
      ) : null}
    </ul>
  );
}
