import { Tooltip } from "@mantine/core";
import {
  Braces,
  Brain,
  Eye,
  type LucideIcon,
  MessageSquare,
  Radio,
  Sparkles,
  Waypoints,
  Wrench,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import classes from "./models.module.css";

const KNOWN = [
  "chat",
  "streaming",
  "vision",
  "function_calling",
  "json_mode",
  "thinking",
  "embedding",
] as const;
type Known = (typeof KNOWN)[number];

const ICONS: Record<Known, LucideIcon> = {
  chat: MessageSquare,
  streaming: Radio,
  vision: Eye,
  function_calling: Wrench,
  json_mode: Braces,
  thinking: Brain,
  embedding: Waypoints,
};
/** What every chat model can do tells nothing on a card. */
const COMMON = ["chat", "streaming", "embedding"];

export function useCapabilityLabel() {
  const { t } = useTranslation("models");
  return (name: string): string => {
    const known = KNOWN.find((one) => one === name);
    return known ? t(`capability.${known}`) : name;
  };
}

export function Capabilities({ names, isFull = false }: { names: string[]; isFull?: boolean }) {
  const label = useCapabilityLabel();
  const shown = isFull ? names : names.filter((name) => !COMMON.includes(name));
  if (shown.length === 0) return null;
  return (
    <ul className={classes.capabilities} data-full={isFull || undefined}>
      {shown.map((name) => {
        const known = KNOWN.find((one) => one === name);
        const Icon = known ? ICONS[known] : Sparkles;
        const chip = (
          <li key={name} className={classes.capability}>
            <Icon size={14} strokeWidth={1.9} aria-hidden />
            <span className={isFull ? "yx-untrusted" : "yx-visually-hidden"}>{label(name)}</span>
          </li>
        );
        return isFull ? (
          chip
        ) : (
          <Tooltip key={name} label={label(name)}>
            {chip}
          </Tooltip>
        );
      })}
    </ul>
  );
}
