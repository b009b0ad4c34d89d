import { Alert } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Gauge, Snowflake } from "lucide-react";
import { useTranslation } from "react-i18next";
import { refreshEvery } from "@/api/refresh";
import type { CurrentAccount } from "@/api/session";
import type { ApiKeyResponse } from "@/api/types";
import { AnchorLink } from "@/components/links/anchor-link";
import { allApiKeysQuery } from "@/features/api-keys/queries";
import { limitsQuery } from "@/features/limits/queries";
import { useFormat } from "@/hooks/use-format";

const REFRESH_MS = 60_000;
/** More frozen keys than these are counted, not named. */
const NAMED_MAX = 3;

/** What stops requests of the account now, on each of its pages. */
export function AccountNotices({ account }: { account: CurrentAccount }) {
  return (
    <>
      {account.isSuspended ? <SuspendedNotice accountId={account.id} /> : null}
      <FrozenNotice accountId={account.id} />
      <LimitNotice accountId={account.id} />
    </>
  );
}

function SuspendedNotice({ accountId }: { accountId: string }) {
  const { t } = useTranslation();
  return (
    <Alert
      color="red"
      mb="md"
      icon={<CircleAlert size={18} />}
      title={t("notices.suspended.title")}
      role="status"
    >
      {t("notices.suspended.text")}{" "}
      <AnchorLink
        to="/a/$accountId/requests"
        params={{ accountId }}
        search={{ status: "refused", error: "account_suspended" }}
        inherit
      >
        {t("notices.suspended.requests")}
      </AnchorLink>
    </Alert>
  );
}

function FrozenNotice({ accountId }: { accountId: string }) {
  const { t } = useTranslation();
  const keys = useQuery({ ...allApiKeysQuery(accountId), refetchInterval: refreshEvery(REFRESH_MS) });
  const held = (keys.data ?? []).filter((key) => key.quarantine !== null && key.status !== "revoked");
  const frozen = held.filter((key) => key.quarantine?.state === "frozen");
  const throttled = held.filter((key) => key.quarantine?.state === "throttled");
  return (
    <>
      {frozen.length > 0 ? (
        <Alert
          color="red"
          mb="md"
          icon={<Snowflake size={18} />}
          title={t("notices.frozen.title", { count: frozen.length })}
          role="status"
        >
          {t("notices.frozen.text")} <KeyLinks accountId={accountId} keys={frozen} />
        </Alert>
      ) : null}
      {throttled.length > 0 ? (
        <Alert
          color="amber"
          mb="md"
          icon={<Snowflake size={18} />}
          title={t("notices.throttled.title", { count: throttled.length })}
          role="status"
        >
          {t("notices.throttled.text")} <KeyLinks accountId={accountId} keys={throttled} />
        </Alert>
      ) : null}
    </>
  );
}

function KeyLinks({ accountId, keys }: { accountId: string; keys: ApiKeyResponse[] }) {
  return keys.slice(0, NAMED_MAX).map((key, index) => (
    <span key={key.id} className="yx-untrusted">
      {index > 0 ? ", " : null}
      <AnchorLink to="/a/$accountId/api-keys/$apiKeyId" params={{ accountId, apiKeyId: key.id }} inherit>
        {key.name || key.hint}
      </AnchorLink>
    </span>
  ));
}

/** A limit that has nothing left: of the account, or of a key. */
function LimitNotice({ accountId }: { accountId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const limits = useQuery({ ...limitsQuery(accountId), refetchInterval: refreshEvery(REFRESH_MS) });
  const spent = (limits.data?.account ?? []).find(
    (state) => state.limit !== null && state.used >= state.limit,
  );
  const key = (limits.data?.api_keys ?? [])
    .map((one) => ({
      name: one.name,
      state: one.limits.find((state) => state.limit !== null && state.used >= state.limit),
    }))
    .find((one) => one.state !== undefined);
  const state = spent ?? key?.state;
  if (state === undefined) return null;
  const limit = format.number(state.limit ?? 0);
  const what = t(`notices.limit.${state.resource}`, { limit });
  return (
    <Alert
      color="amber"
      mb="md"
      icon={<Gauge size={18} />}
      title={spent ? t("notices.limit.account") : t("notices.limit.key", { name: key?.name })}
      role="status"
    >
      {t("notices.limit.text", { what, at: format.date(state.resets_at, "dateTimeSeconds") })}{" "}
      <AnchorLink
        to="/a/$accountId/requests"
        params={{ accountId }}
        search={{ status: "refused", error: "rate_limit_exceeded" }}
        inherit
      >
        {t("notices.suspended.requests")}
      </AnchorLink>
    </Alert>
  );
}
