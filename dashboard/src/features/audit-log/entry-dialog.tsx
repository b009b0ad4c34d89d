import { Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AuditEntryResponse } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import classes from "@/components/settings.module.css";
import { useFormat } from "@/hooks/use-format";
import { useActionText, Who } from "./columns";
import { changesOf } from "./diff";
import { useAuditValue } from "./use-audit-value";

/** One entry in full. */
export function AuditEntryDialog({
  entry,
  onClose,
}: {
  entry: AuditEntryResponse | null;
  onClose: () => void;
}) {
  const actionText = useActionText();
  return (
    <Modal
      opened={entry !== null}
      onClose={onClose}
      title={<Text fw={600}>{entry ? actionText(entry.action) : ""}</Text>}
      size="xl"
    >
      {entry ? <Entry entry={entry} /> : null}
    </Modal>
  );
}

function Entry({ entry }: { entry: AuditEntryResponse }) {
  const { t } = useTranslation("settings");
  const format = useFormat();
  return (
    <Stack gap="lg">
      <dl className={classes.facts}>
        <dt>{t("audit.what")}</dt>
        <dd>
          <span className="yx-untrusted">{entry.subject.label || entry.subject.id}</span>
          <Text span size="xs" c="dimmed" ff="monospace" className="yx-untrusted">
            {entry.subject.id}
          </Text>
        </dd>
        <dt>{t("audit.who")}</dt>
        <dd>
          <Who entry={entry} />
        </dd>
        <dt>{t("audit.when")}</dt>
        <dd>
          <time dateTime={entry.at}>{format.date(entry.at, "dateTimeSeconds")}</time>
        </dd>
        <dt>{t("audit.entryId")}</dt>
        <dd>
          <Text span size="xs" ff="monospace" className="yx-untrusted">
            {entry.id}
          </Text>
          <CopyButton value={entry.id} label={t("audit.copyEntryId")} />
        </dd>
      </dl>
      <Diff entry={entry} />
    </Stack>
  );
}

function Diff({ entry }: { entry: AuditEntryResponse }) {
  const { t } = useTranslation("settings");
  const show = useAuditValue();
  const changes = changesOf(entry.before, entry.after);
  if (changes.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("audit.noFields")}
      </Text>
    );
  }
  return (
    <div className={classes.diffFrame}>
      <table className={classes.diffTable}>
        <thead>
          <tr>
            <th scope="col">{t("audit.field")}</th>
            <th scope="col">{t("audit.before")}</th>
            <th scope="col">{t("audit.after")}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <tr key={change.field}>
              <th scope="row" className={classes.field}>
                {change.field}
              </th>
              <td>
                {entry.before === null ? (
                  "–"
                ) : (
                  <span className={`${classes.old} ${classes.wrap}`}>
                    {show(change.field, change.before)}
                  </span>
                )}
              </td>
              <td>
                {entry.after === null ? (
                  "–"
                ) : (
                  <span className={`${classes.new} ${classes.wrap}`}>{show(change.field, change.after)}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
