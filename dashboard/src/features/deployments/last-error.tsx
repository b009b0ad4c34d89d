import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { DeploymentHealth } from "@/api/types";
import { AnchorLink } from "@/components/links/anchor-link";
import { attemptOutcome } from "@/features/requests/shared/outcome";
import { useFormat } from "@/hooks/use-format";

/** The last failure in words, and the way to its receipt. */
export function LastError({ health }: { health: DeploymentHealth }) {
  const { t } = useTranslation("deployments");
  const { t: requests } = useTranslation("requests");
  const format = useFormat();
  const known = attemptOutcome(health.last_error ?? "");
  const cause = health.last_error_cause;
  const facts = [
    known ? requests(`attempt.${known}`) : health.last_error,
    cause?.status ? `HTTP ${cause.status}` : null,
    cause?.code,
  ];
  const message = [facts.filter(Boolean).join(" · "), cause?.message].filter(Boolean).join(": ");
  return (
    <Text size="xs" lineClamp={3} className="yx-untrusted" title={message}>
      {t("lastError", { when: format.relative(health.last_error_at), message })}
      {health.last_error_request_id ? (
        <>
          {" "}
          <AnchorLink
            to="/operator/requests/$requestId"
            params={{ requestId: health.last_error_request_id }}
            underline="always"
            inherit
          >
            {t("lastErrorReceipt")}
          </AnchorLink>
        </>
      ) : null}
    </Text>
  );
}
