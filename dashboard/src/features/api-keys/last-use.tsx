import { Text, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/hooks/use-format";
import { useNow } from "@/hooks/use-now";
import { clientName } from "@/lib/client-agent";
import classes from "./key-badges.module.css";

interface LastUseProps {
  use: { at: string; address: string | null; agent: string | null } | null;
  /** In the run of a sentence. */
  isInline?: boolean;
  /** The whole of it, on as many lines as it takes; else what does not fit in one line is in the tooltip. */
  isWhole?: boolean;
}

/** When, from where and with what a key was used last. */
export function LastUse({ use, isInline = false, isWhole = false }: LastUseProps) {
  const { t: ours } = useTranslation("api-keys");
  const format = useFormat();
  const now = useNow(30_000);
  if (use === null) {
    return (
      <Text span size="sm" c="dimmed">
        {ours("neverUsed")}
      </Text>
    );
  }
  const client = clientName(use.agent) ?? ours("unknownClient");
  const from = [client, use.address].filter(Boolean).join(" · ");
  const when = (
    <time dateTime={use.at} title={format.date(use.at, "dateTimeSeconds")}>
      {format.relative(use.at, Math.max(now, Date.parse(use.at)))}
    </time>
  );
  if (isInline) {
    return (
      <span className="yx-untrusted">
        {when} ({from})
      </span>
    );
  }
  if (isWhole) {
    return (
      <span>
        {when}
        {[client, use.address].map((line) =>
          line ? (
            <Text key={line} span size="xs" c="dimmed" display="block" className="yx-untrusted">
              {line}
            </Text>
          ) : null,
        )}
      </span>
    );
  }
  return (
    <span>
      {when}
      <Tooltip
        label={[use.agent, use.address].filter(Boolean).join(" · ")}
        multiline
        maw={360}
        disabled={!use.agent && !use.address}
      >
        <Text span size="xs" c="dimmed" className={`${classes.from} yx-untrusted`}>
          {from}
        </Text>
      </Tooltip>
    </span>
  );
}
