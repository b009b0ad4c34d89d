import { Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Audience } from "@/api/audience";
import type { AuditEntryResponse } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { Fact, Facts } from "@/components/facts";
import { AnchorLink } from "@/components/links/anchor-link";
import { useFormat } from "@/hooks/use-format";
import { useNames } from "@/hooks/use-names";
import classes from "./audit-log.module.css";
import { Who } from "./columns";
import { changesOf } from "./diff";
import { useAuditValue } from "./use-audit-value";

/** One entry in full. */
export function AuditEntryDialog({
  audience,
  entry,
  onClose,
}: {
  audience: Audience;
  entry: AuditEntryResponse | null;
  onClose: () => void;
}) {
  const actionName = useNames("action");
  return (
    <Modal
      opened={entry !== null}
      onClose={onClose}
      title={<Text fw={600}>{entry ? actionName(entry.action) : ""}</Text>}
      size="xl"
    >
      {entry ? <Entry audience={audience} entry={entry} /> : null}
    </Modal>
  );
}

function Entry({ audience, entry }: { audience: Audience; entry: AuditEntryResponse }) {
  const { t } = useTranslation("audit-log");
  const format = useFormat();
  return (
    <Stack gap="lg">
      <Facts>
        <Fact label={t("what")}>
          <span className="yx-untrusted">{entry.subject.label || entry.subject.id}</span>
          <Text span size="xs" c="dimmed" ff="monospace" className="yx-untrusted">
            {entry.subject.id}
          </Text>
        </Fact>
        <Fact label={t("who")}>
          <Who entry={entry} />
        </Fact>
        <Fact label={t("when")}>
          <time dateTime={entry.at}>{format.date(entry.at, "dateTimeSeconds")}</time>
        </Fact>
        {audience === "operator" && entry.account_id !== null ? (
          <Fact label={t("operator.account")}>
            <AnchorLink
              to="/operator/accounts/$id"
              params={{ id: entry.account_id }}
              size="xs"
              ff="monospace"
            >
              {entry.account_id}
            </AnchorLink>
          </Fact>
        ) : null}
        <Fact label={t("entryId")}>
          <Text span size="xs" ff="monospace" className="yx-untrusted">
            {entry.id}
          </Text>
          <CopyButton value={entry.id} label={t("copyEntryId")} />
        </Fact>
      </Facts>
      <Diff entry={entry} />
    </Stack>
  );
}

function Diff({ entry }: { entry: AuditEntryResponse }) {
  const { t } = useTranslation("audit-log");
  const show = useAuditValue();
  const fieldName = useNames("field");
  const changes = changesOf(entry.before, entry.after);
  if (changes.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("noFields")}
      </Text>
    );
  }
  return (
    <div className={classes.diffFrame}>
      <table className={classes.diffTable}>
        <thead>
          <tr>
            <th scope="col">{t("field")}</th>
            <th scope="col">{t("before")}</th>
            <th scope="col">{t("after")}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <tr key={change.field}>
              <th scope="row" className={classes.field} title={change.field}>
                {fieldName(change.field)}
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
