import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CredentialState } from "@/api/types";
import { Fact, Facts } from "@/components/facts";
import { BreakerBadge } from "@/features/routing/shared/breaker-badge";
import { Capacity } from "@/features/routing/shared/capacity";
import { useNames } from "@/hooks/use-names";

/** The credentials by which a deployment is called, where its provider has several: each with its own breaker. */
export function CredentialStates({ states }: { states: CredentialState[] }) {
  const { t } = useTranslation("deployments");
  const reason = useNames("routeStatus");
  if (states.length === 0) return null;
  return (
    <section aria-label={t("credentials")}>
      <Text size="sm" fw={600}>
        {t("credentials")}
      </Text>
      <Facts look="dense">
        {states.map((state) => (
          <Fact key={state.label} label={state.label}>
            <BreakerBadge candidate={state} />
            {state.reason ? <span> {reason(state.reason)}</span> : null}
            <span>
              {" "}
              <Capacity candidate={state} />
            </span>
          </Fact>
        ))}
      </Facts>
    </section>
  );
}
