import { Badge, Text, Tooltip } from "@mantine/core";
import { RotateCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useCurrentAccount } from "@/api/session";
import type { ApiKeyResponse, ApiKeyStatus, Environment } from "@/api/types";
import { StatusBadge, type Tone } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNow } from "@/hooks/use-now";
import { isRotationDue, secretAgeDays, useRotationDays } from "./age";
import classes from "./key-badges.module.css";

const TONES: Record<ApiKeyStatus, Tone> = {
  active: "ok",
  expiring: "warn",
  expired: "neutral",
  revoked: "bad",
};

export function KeyStatus({
  apiKey,
}: {
  apiKey: Pick<ApiKeyResponse, "status" | "expires_at" | "revoked_at" | "quarantine">;
}) {
  const { t } = useTranslation("api-keys");
  const format = useFormat();
  const now = useNow(60_000);
  const isSuspended = useCurrentAccount()?.isSuspended === true && apiKey.status !== "revoked";
  const at = apiKey.status === "revoked" ? apiKey.revoked_at : apiKey.expires_at;
  return (
    <span>
      {isSuspended ? (
        // Nothing works, whatever the key itself is.
        <StatusBadge tone="bad">{t("accountSuspended")}</StatusBadge>
      ) : (
        <StatusBadge tone={TONES[apiKey.status]}>{t(`status.${apiKey.status}`)}</StatusBadge>
      )}
      {apiKey.quarantine !== null && apiKey.status !== "revoked" ? (
        <span style={{ display: "block", marginTop: 2 }}>
          <StatusBadge tone={apiKey.quarantine.state === "frozen" ? "bad" : "warn"}>
            {t(`quarantine.${apiKey.quarantine.state}`)}
          </StatusBadge>
        </span>
      ) : null}
      {apiKey.status !== "active" && at !== null ? (
        <Text span size="xs" c="dimmed" display="block" mt={2} title={format.date(at)}>
          {format.relative(at, apiKey.status === "expiring" ? now : Math.max(now, Date.parse(at)))}
        </Text>
      ) : null}
    </span>
  );
}

export function EnvironmentBadge({ environment }: { environment: Environment }) {
  const { t } = useTranslation();
  return <Badge color={environment === "live" ? "qing" : "gray"}>{t(`environment.${environment}`)}</Badge>;
}

/** How old the secret is, and that it is time for a new one. */
export function SecretAge({ apiKey, isDetail = false }: { apiKey: ApiKeyResponse; isDetail?: boolean }) {
  const { t } = useTranslation("api-keys");
  const format = useFormat();
  const now = useNow(60_000);
  const days = secretAgeDays(apiKey, now);
  const age = days === 0 ? t("age.today") : t("age.days", { count: days, days: format.number(days) });
  const text = isDetail ? t("age.secret", { age }) : age;
  const rotationDays = useRotationDays();
  const isDue = isRotationDue(apiKey, now, rotationDays);
  const dueHint = t("age.dueHint", { days: format.number(rotationDays ?? 0) });
  return (
    <Tooltip label={isDue ? dueHint : format.date(apiKey.secret_created_at)}>
      <span className={classes.age} data-due={isDue || undefined} data-detail={isDetail || undefined}>
        {isDue ? <RotateCw size={13} aria-hidden /> : null}
        {text}
        {isDue ? <span className="yx-visually-hidden">{dueHint}</span> : null}
      </span>
    </Tooltip>
  );
}
