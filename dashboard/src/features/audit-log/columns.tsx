import { Anchor, Text } from "@mantine/core";
import { Bot, Cog, type LucideIcon, Terminal, UserRound } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { AuditEntryResponse } from "@/api/types";
import type { Column } from "@/components/data-table";
import personClasses from "@/components/person.module.css";
import { useFormat } from "@/hooks/use-format";
import { useNames } from "@/hooks/use-names";
import classes from "./audit-log.module.css";
import { changesOf } from "./diff";
import { useAuditValue } from "./use-audit-value";

const CHANGES_SHOWN = 2;

const ACTOR_ICONS: Record<AuditEntryResponse["actor"]["kind"], LucideIcon> = {
  user: UserRound,
  management_key: Bot,
  cli: Terminal,
  system: Cog,
};

export function useAuditColumns(onOpen: (entry: AuditEntryResponse) => void): Column<AuditEntryResponse>[] {
  const { t } = useTranslation("audit-log");
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: "what",
        header: t("what"),
        isTitle: true,
        cell: (entry) => <What entry={entry} onOpen={onOpen} />,
      },
      { id: "change", header: t("change"), cell: (entry) => <Changes entry={entry} /> },
      { id: "who", header: t("who"), cell: (entry) => <Who entry={entry} /> },
      {
        id: "when",
        header: t("when"),
        align: "end",
        cell: (entry) => (
          <time dateTime={entry.at} title={format.date(entry.at, "dateTimeSeconds")}>
            {format.date(entry.at)}
          </time>
        ),
      },
    ],
    [t, format, onOpen],
  );
}

function What({ entry, onOpen }: { entry: AuditEntryResponse; onOpen: (entry: AuditEntryResponse) => void }) {
  const { t } = useTranslation("audit-log");
  const actionName = useNames("action");
  const action = actionName(entry.action);
  const subject = entry.subject.label || entry.subject.id;
  return (
    <div>
      <Anchor
        component="button"
        type="button"
        size="sm"
        fw={500}
        c="var(--mantine-color-text)"
        ta="start"
        aria-label={t("detailsOf", { action, subject })}
        onClick={() => onOpen(entry)}
      >
        {action}
      </Anchor>
      <Text size="xs" c="dimmed" className="yx-untrusted" lineClamp={2}>
        {subject}
      </Text>
    </div>
  );
}

export function Who({ entry }: { entry: AuditEntryResponse }) {
  const { t } = useTranslation("audit-log");
  const Icon = ACTOR_ICONS[entry.actor.kind] ?? Cog;
  const kind = t(`actors.${entry.actor.kind}`);
  return (
    <div className={personClasses.person}>
      <Icon size={15} aria-hidden style={{ flex: "none" }} opacity={0.7} />
      <div style={{ minWidth: 0 }}>
        <Text size="sm" className="yx-untrusted">
          {entry.actor.label || kind}
        </Text>
        {entry.actor.label && entry.actor.kind !== "user" ? (
          <Text size="xs" c="dimmed">
            {kind}
          </Text>
        ) : null}
        {entry.address ? (
          <Text size="xs" c="dimmed" ff="monospace" className={classes.address} title={entry.address}>
            {entry.address}
          </Text>
        ) : null}
      </div>
    </div>
  );
}

/** The first changes, in short; the rest is in the details. */
function Changes({ entry }: { entry: AuditEntryResponse }) {
  const { t } = useTranslation("audit-log");
  const show = useAuditValue();
  const fieldName = useNames("field");
  const changes = changesOf(entry.before, entry.after);
  const hidden = changes.length - CHANGES_SHOWN;
  if (changes.length === 0) return <Text c="dimmed">–</Text>;
  return (
    <div>
      {changes.slice(0, CHANGES_SHOWN).map((change) => (
        <div key={change.field}>
          <span className={classes.diff}>
            <span className={classes.field} title={change.field}>
              {fieldName(change.field)}
            </span>
            {entry.before === null ? null : (
              <>
                <span className={classes.old}>{show(change.field, change.before)}</span>
                <span aria-hidden>→</span>
                <span className="yx-visually-hidden">{t("to")}</span>
              </>
            )}
            <span className={classes.new}>{show(change.field, change.after)}</span>
          </span>
        </div>
      ))}
      {hidden > 0 ? (
        <Text size="xs" c="dimmed">
          {t("moreLabel", { count: hidden })}
        </Text>
      ) : null}
    </div>
  );
}
