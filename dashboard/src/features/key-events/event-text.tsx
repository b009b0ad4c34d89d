import { Text } from "@mantine/core";
import {
  BadgeDollarSign,
  Bug,
  Globe,
  type LucideIcon,
  Network,
  RotateCw,
  ShieldAlert,
  TrendingUp,
  Wallet,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import type { KeyEventResponse } from "@/api/types";
import { StatusBadge, type Tone } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { type EventAction, type EventKind, explained, type Fact, knownAction, knownKind } from "./facts";

const ICONS: Record<EventKind, LucideIcon> = {
  costlier_model: BadgeDollarSign,
  new_network: Network,
  request_spike: TrendingUp,
  spend_spike: BadgeDollarSign,
  error_burst: Bug,
  browser_use: Globe,
  leak_reported: ShieldAlert,
  rotation_due: RotateCw,
  budget_alert: Wallet,
};

const TONES: Record<EventAction, Tone> = {
  notified: "neutral",
  throttled: "warn",
  frozen: "bad",
  revoked: "bad",
  refused: "warn",
};

export function EventIcon({ kind }: { kind: string }) {
  const known = knownKind(kind);
  const Icon = known ? ICONS[known] : ShieldAlert;
  return <Icon size={16} aria-hidden />;
}

export function EventTitle({ kind }: { kind: string }) {
  const { t } = useTranslation("key-events");
  const known = knownKind(kind);
  return <>{known ? t(`kind.${known}`) : kind}</>;
}

export function EventActionBadge({ action }: { action: string }) {
  const { t } = useTranslation("key-events");
  const known = knownAction(action);
  return (
    <StatusBadge tone={known ? TONES[known] : "neutral"}>{known ? t(`action.${known}`) : action}</StatusBadge>
  );
}

/** What was seen, and what is usual for the key. */
export function EventFacts({ event }: { event: KeyEventResponse }) {
  const { t } = useTranslation("key-events");
  const format = useFormat();
  const { seen, usual, factor, since } = explained(event.kind, event.facts, format);
  const words = (fact: Fact) => t(fact.key, fact.values as { count: number });
  if (seen === null) return null;
  return (
    <Text size="sm" c="dimmed" className="yx-untrusted">
      {t("seen", { what: words(seen) })} {usual ? t("usual", { what: words(usual) }) : null}
      {factor !== null && factor > 1 ? ` ${t("factor", { factor: format.number(factor) })}` : null}
      {since !== null ? ` ${t("since", { at: format.date(since, "date") })}` : null}
    </Text>
  );
}
