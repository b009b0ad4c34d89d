import { Badge, Code, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Audience } from "@/api/audience";
import type { ErrorGroupResponse } from "@/api/types";
import { publicPath } from "@/base-path";
import { AnchorLink } from "@/components/links/anchor-link";
import { explainedCode } from "@/features/requests/shared/outcome";
import { useFormat } from "@/hooks/use-format";
import classes from "./errors.module.css";

interface ErrorGroupProps {
  group: ErrorGroupResponse;
  audience: Audience;
}

/** Requests that ended in the same error: how often, since when, one of them, and what to do. */
export function ErrorGroup({ group, audience }: ErrorGroupProps) {
  const { t } = useTranslation("errors");
  const { t: requests } = useTranslation("requests");
  const format = useFormat();
  const code = explainedCode(group.error_code);
  const { sample } = group;
  return (
    <li className={classes.group}>
      <div className={classes.head}>
        <Group gap="4px 8px" miw={0} className={classes.what}>
          <Code fw={600} fz="sm">
            {group.error_code}
          </Code>
          {sample.status === null ? null : (
            <Badge color={sample.status >= 500 || sample.status === 200 ? "red" : "amber"}>
              {sample.status}
            </Badge>
          )}
          <Text size="sm" className="yx-untrusted">
            {group.model || t("noModel")}
          </Text>
          <Whence group={group} audience={audience} />
        </Group>
        <Text size="sm" fw={600} className={`yx-number ${classes.count}`}>
          {t("requests", { count: group.requests, formatted: format.number(group.requests) })}
        </Text>
      </div>
      <Said group={group} />
      <Text size="sm" c="dimmed" mt={6}>
        {code ? `${requests(`code.${code}.text`)} ${requests(`code.${code}.fix`)} ` : null}
        <a href={publicPath(`/docs/errors#${group.error_code}`)} className={classes.more}>
          {t("docs")}
        </a>
      </Text>
      <Group gap="md" mt={8}>
        <Text size="xs" c="dimmed">
          {t("seen", {
            first: format.date(group.first_at),
            last: format.relative(group.last_at),
          })}
        </Text>
        <Links group={group} audience={audience} />
      </Group>
    </li>
  );
}

/** The words of the last one: those of the upstream for operators, those that the client got for accounts. */
function Said({ group }: { group: ErrorGroupResponse }) {
  const { cause, error } = group.sample;
  if (cause) {
    const facts = [cause.status === null ? null : `HTTP ${cause.status}`, cause.code]
      .filter(Boolean)
      .join(" · ");
    return (
      <Text size="sm" mt={8} className={`yx-untrusted ${classes.said}`}>
        {facts ? <Code mr={6}>{facts}</Code> : null}
        {cause.message}
      </Text>
    );
  }
  if (!error) return null;
  return (
    <Text size="sm" mt={8} className={`yx-untrusted ${classes.said}`}>
      {error.message}
    </Text>
  );
}

/** The key, or for operators the provider and how many accounts met it. */
function Whence({ group, audience }: ErrorGroupProps) {
  const { t } = useTranslation("errors");
  const text =
    audience === "operator"
      ? [group.provider, t("accounts", { count: group.accounts ?? 0 })].filter(Boolean).join(" · ")
      : (group.api_key_name ?? group.api_key_id ?? "");
  return (
    <Text size="sm" c="dimmed" className={`yx-untrusted ${classes.whence}`} title={text}>
      {text}
    </Text>
  );
}

function Links({ group, audience }: ErrorGroupProps) {
  const { t } = useTranslation("errors");
  const requestId = group.sample.request_id;
  if (audience === "operator") {
    return (
      <AnchorLink to="/operator/requests/$requestId" params={{ requestId }} size="sm">
        {t("sample")}
      </AnchorLink>
    );
  }
  const { accountId } = audience;
  return (
    <>
      <AnchorLink to="/a/$accountId/requests/$requestId" params={{ accountId, requestId }} size="sm">
        {t("sample")}
      </AnchorLink>
      <AnchorLink
        to="/a/$accountId/requests"
        params={{ accountId }}
        search={{
          error: group.error_code,
          model: group.model || undefined,
          api_key_id: group.api_key_id ?? undefined,
        }}
        size="sm"
      >
        {t("all")}
      </AnchorLink>
    </>
  );
}
