import { Text, UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Bot, ChevronDown, KeyRound, type LucideIcon, Terminal, User } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AuditEntryResponse } from "@/api/types";
import classes from "@/components/operator.module.css";
import { type Format, useFormat } from "@/hooks/use-format";
import { NO_VALUE } from "@/lib/format";
import { auditChanges } from "./operator-diff";
import log from "./operator-entry.module.css";

const ACTORS: Record<AuditEntryResponse["actor"]["kind"], LucideIcon> = {
  user: User,
  management_key: KeyRound,
  cli: Terminal,
  system: Bot,
};

/** One change: who, what and when in a line; from where and what was before and after when it is opened. */
export function AuditEntry({ entry }: { entry: AuditEntryResponse }) {
  const { t } = useTranslation("operator");
  const format = useFormat();
  const id = useId();
  const [isOpen, setIsOpen] = useState(false);
  const Icon = ACTORS[entry.actor.kind] ?? User;
  const action = t(`audit.actions.${entry.action}` as "audit.actions.tier.created", {
    defaultValue: entry.action,
  });
  return (
    <li className={log.entry}>
      <UnstyledButton
        className={log.entryLine}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setIsOpen((open) => !open)}
      >
        <span className={log.entryIcon} title={t(`audit.actors.${entry.actor.kind}`)}>
          <Icon size={14} aria-hidden />
        </span>
        <span className={log.entryText}>
          <span>
            <strong>{action}</strong>{" "}
            <span className="yx-untrusted">{entry.subject.label || entry.subject.id}</span>
          </span>
          <span className={classes.sub}>
            {entry.actor.label || t(`audit.actors.${entry.actor.kind}`)}
            {entry.address ? ` · ${entry.address}` : ""}
            <span className={log.wide}>{summaryOf(entry, format)}</span>
          </span>
        </span>
        <time dateTime={entry.at} title={format.date(entry.at, "dateTimeSeconds")} className={log.entryTime}>
          {format.relative(entry.at)}
        </time>
        <ChevronDown size={15} aria-hidden className={log.chevron} data-open={isOpen || undefined} />
      </UnstyledButton>
      {isOpen ? (
        <div id={id} className={log.entryBody}>
          <Details entry={entry} />
        </div>
      ) : null}
    </li>
  );
}

const SUMMARY_FIELDS_MAX = 2;

/** A small change in the line itself: "price_factor_percent 100 → 90". */
function summaryOf(entry: AuditEntryResponse, format: Format): string {
  if (entry.before === null || entry.after === null) return "";
  const changes = auditChanges(entry.before, entry.after);
  if (changes.length === 0 || changes.length > SUMMARY_FIELDS_MAX) return "";
  const parts = changes.map(
    ({ field, before, after }) =>
      `${field} ${valueText(field, before, format)} → ${valueText(field, after, format)}`,
  );
  return ` · ${parts.join(", ")}`;
}

/** Money in dollars, everything else as it was noted. */
function valueText(field: string, text: string | null, format: Format): string {
  if (text === null) return NO_VALUE;
  return field.endsWith("_nanos") && /^\d+$/.test(text) ? format.money(Number(text)) : text;
}

function Details({ entry }: { entry: AuditEntryResponse }) {
  const { t } = useTranslation("operator");
  const format = useFormat();
  const changes = auditChanges(entry.before, entry.after);
  return (
    <div className={classes.halvesTight}>
      <dl className={classes.facts}>
        <div className={classes.fact}>
          <dt>{t("audit.when")}</dt>
          <dd>{format.date(entry.at, "dateTimeSeconds")}</dd>
        </div>
        <div className={classes.fact}>
          <dt>{t("audit.who")}</dt>
          <dd className="yx-untrusted">
            {entry.actor.label} <span className={classes.mono}>{entry.actor.id}</span>
          </dd>
        </div>
        <div className={classes.fact}>
          <dt>{t("audit.from")}</dt>
          <dd>{entry.address ?? t(`audit.actors.${entry.actor.kind}`)}</dd>
        </div>
        <div className={classes.fact}>
          <dt>{t("audit.action")}</dt>
          <dd className={classes.mono}>{entry.action}</dd>
        </div>
        <div className={classes.fact}>
          <dt>{t("audit.subject")}</dt>
          <dd className="yx-untrusted">
            {entry.subject.kind} <span className={classes.mono}>{entry.subject.id}</span>
          </dd>
        </div>
        {entry.account_id ? (
          <div className={classes.fact}>
            <dt>{t("account.title")}</dt>
            <dd>
              <Link
                to="/operator/accounts/$id"
                params={{ id: entry.account_id }}
                className={`${classes.textLink} ${classes.mono}`}
              >
                {entry.account_id}
              </Link>
            </dd>
          </div>
        ) : null}
      </dl>
      {changes.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("audit.noValues")}
        </Text>
      ) : (
        <table className={classes.changes}>
          <thead>
            <tr>
              <th scope="col">{t("change.what")}</th>
              <th scope="col">{t("audit.before")}</th>
              <th scope="col">{t("audit.after")}</th>
            </tr>
          </thead>
          <tbody>
            {changes.map((change) => (
              <tr key={change.field}>
                <th scope="row" className={classes.mono}>
                  {change.field}
                </th>
                <td className={classes.before} data-gone={change.before !== null || undefined}>
                  {valueText(change.field, change.before, format)}
                </td>
                <td className={classes.after}>{valueText(change.field, change.after, format)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
