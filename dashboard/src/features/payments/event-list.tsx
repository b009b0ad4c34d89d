import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { PaymentEvent } from "@/api/types";
import { CodeBlock } from "@/components/code-block";
import { StatusBadge, type Tone } from "@/components/status-badge";
import textClasses from "@/components/text.module.css";
import { useFormat } from "@/hooks/use-format";
import classes from "./shared/payments.module.css";
import { useVerdict } from "./verdict";

const SOURCES = ["notify", "query", "refund"] as const;
const TONES: Record<string, Tone> = { credited: "ok", failed: "bad", disputed: "bad" };

interface EventListProps {
  events: PaymentEvent[];
  /** Says of each which order it is about: where they are of more than one. */
  showsOrder?: boolean;
}

/** What a provider said, what was made of it and why, and the message itself. */
export function EventList({ events, showsOrder = false }: EventListProps) {
  const { t } = useTranslation("payments");
  return (
    <ul className={classes.events} aria-label={t("events")}>
      {events.map((event) => (
        <Event key={event.id} event={event} showsOrder={showsOrder} />
      ))}
    </ul>
  );
}

function Event({ event, showsOrder }: { event: PaymentEvent; showsOrder: boolean }) {
  const { t } = useTranslation("payments");
  const format = useFormat();
  const verdict = useVerdict();
  const source = SOURCES.find((one) => one === event.source);
  const tone = event.needs_attention ? "warn" : (TONES[event.verdict] ?? "neutral");
  return (
    <li className={classes.event}>
      <div className={classes.eventHead}>
        <StatusBadge tone={tone}>{verdict(event.verdict)}</StatusBadge>
        <time dateTime={event.at}>{format.date(event.at, "dateTimeSeconds")}</time>
        <span className="yx-untrusted">
          {event.provider} · {source ? t(`source.${source}`) : event.source}
        </span>
        {showsOrder && event.order_id !== null ? (
          <Link to="/operator/orders/$id" params={{ id: event.order_id }} className={textClasses.textLink}>
            <span className={textClasses.mono}>{event.order_id}</span>
          </Link>
        ) : null}
      </div>
      {event.detail ? (
        <Text size="sm" mt={4} className="yx-untrusted">
          {event.detail}
        </Text>
      ) : null}
      {event.raw ? (
        <details className={classes.raw}>
          <summary>{t("rawEvent")}</summary>
          <CodeBlock samples={[{ id: "raw", label: event.id, code: event.raw }]} />
        </details>
      ) : null}
    </li>
  );
}
