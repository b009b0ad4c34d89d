import { Tooltip } from "@mantine/core";
import {
  ArrowDownWideNarrow,
  AudioLines,
  Braces,
  Brain,
  Captions,
  Eye,
  Image,
  type LucideIcon,
  MessageSquare,
  Radio,
  ShieldCheck,
  Sparkles,
  Waypoints,
  Wrench,
} from "lucide-react";
import { useNames } from "@/hooks/use-names";
import { CAPABILITIES, type Capability } from "@/lib/operations";
import classes from "./models.module.css";

const ICONS: Record<Capability, LucideIcon> = {
  chat: MessageSquare,
  streaming: Radio,
  vision: Eye,
  function_calling: Wrench,
  json_mode: Braces,
  thinking: Brain,
  embedding: Waypoints,
  rerank: ArrowDownWideNarrow,
  moderation: ShieldCheck,
  image_generation: Image,
  tts: AudioLines,
  stt: Captions,
};
/** What every chat model can do tells nothing on a card. */
const COMMON = ["chat", "streaming", "embedding"];

export function Capabilities({ names, isFull = false }: { names: string[]; isFull?: boolean }) {
  const label = useNames("capability");
  const shown = isFull ? names : names.filter((name) => !COMMON.includes(name));
  if (shown.length === 0) return null;
  return (
    <ul className={classes.capabilities} data-full={isFull || undefined}>
      {shown.map((name) => {
        const known = CAPABILITIES.find((one) => one === name);
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
