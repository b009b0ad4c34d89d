import { Card, Group, Text, Title } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { RequestReceiptResponse } from "@/api/types";
import { useFormat } from "@/hooks/use-format";
import { attemptTone, endTone } from "./shared/outcome";
import { buildTimeline, share } from "./timeline";
import classes from "./timeline.module.css";

/** Attempts, the first token and the whole duration on one axis of time. */
export function TimelineCard({ receipt }: { receipt: RequestReceiptResponse }) {
  const { t } = useTranslation("requests");
  const format = useFormat();
  const timeline = useMemo(() => buildTimeline(receipt), [receipt]);
  const first = timeline.firstTokenMs;
  const streaming = first === null ? null : Math.max(0, receipt.duration_ms - first);
  const perSecond =
    streaming && receipt.output_tokens > 1 ? receipt.output_tokens / (streaming / 1000) : null;
  return (
    <Card>
      <Title order={2} mb="md">
        {t("timing.title")}
      </Title>
      <div className={classes.chart} aria-hidden>
        <div className={classes.grid}>
          {timeline.ticks.map((tick) => (
            <span key={tick} className={classes.tick} style={{ insetInlineStart: share(timeline, tick) }}>
              {tick === 0 ? "0" : format.duration(tick)}
            </span>
          ))}
          {first === null ? null : (
            <span className={classes.first} style={{ insetInlineStart: share(timeline, first) }} />
          )}
        </div>
        {timeline.attempts.map((attempt, index) => (
          <div key={attempt.id} className={classes.lane}>
            <span className={classes.name}>{receipt.attempts[index]?.provider}</span>
            <span className={classes.track}>
              <span
                className={classes.bar}
                data-tone={attemptTone(receipt.attempts[index]?.outcome ?? "")}
                style={{
                  insetInlineStart: share(timeline, attempt.beginMs),
                  width: share(timeline, attempt.endMs - attempt.beginMs),
                }}
              />
            </span>
          </div>
        ))}
        <div className={classes.lane}>
          <span className={classes.name}>{t("timing.whole")}</span>
          <span className={classes.track}>
            <span
              className={classes.bar}
              data-part="wait"
              style={{ insetInlineStart: 0, width: share(timeline, first ?? receipt.duration_ms) }}
            />
            {first === null ? null : (
              <span
                className={classes.bar}
                data-part="response"
                data-tone={endTone(receipt.end_reason)}
                style={{
                  insetInlineStart: share(timeline, first),
                  width: share(timeline, receipt.duration_ms - first),
                }}
              />
            )}
          </span>
        </div>
      </div>
      <Group component="dl" gap="xl" mt="md" mb={0}>
        <Figure
          label={t("timing.firstToken")}
          value={format.duration(first)}
          note={first === null && !receipt.is_streamed ? t("timing.notStreamed") : undefined}
        />
        <Figure label={t("timing.duration")} value={format.duration(receipt.duration_ms)} />
        {perSecond === null ? null : (
          <Figure
            label={t("timing.speed")}
            value={t("timing.perSecond", { value: format.compact(perSecond) })}
          />
        )}
      </Group>
    </Card>
  );
}

function Figure({ label, value, note }: { label: string; value: string; note?: string }) {
  return (
    <div>
      <Text component="dt" size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="dd" m={0} fw={600} className="yx-number" title={note}>
        {value}
      </Text>
    </div>
  );
}
