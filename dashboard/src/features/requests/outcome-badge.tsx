import { Group, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { RequestResponse } from "@/api/types";
import { StatusBadge } from "@/components/status-badge";
import { endTone, explainedCode, knownEndReason } from "./shared/outcome";

type Outcome = Pick<RequestResponse, "status" | "end_reason" | "error_code">;

/** What the outcome means, in words. */
export function useOutcomeText() {
  const { t } = useTranslation("requests");
  return {
    label: (outcome: Outcome): string => {
      const known = knownEndReason(outcome.end_reason);
      return known ? t(`end.${known}.label`) : outcome.end_reason;
    },
    text: (outcome: Outcome): string => {
      const known = knownEndReason(outcome.end_reason);
      const code = explainedCode(outcome.error_code);
      // Nobody was asked: "every provider failed" would not be true.
      if (code === "no_deployment") return t(`code.${code}.text`);
      return [known ? t(`end.${known}.text`) : "", code ? t(`code.${code}.text`) : ""]
        .filter((part) => part !== "")
        .join(" ");
    },
  };
}

/** Status and end of a request; the explanation comes with hover and focus. */
export function OutcomeBadge({ outcome }: { outcome: Outcome }) {
  const words = useOutcomeText();
  const text = words.text(outcome);
  const badge = (
    <Group gap={6} wrap="nowrap" display="inline-flex">
      <span className="yx-number">{outcome.status}</span>
      <StatusBadge tone={endTone(outcome.end_reason)}>{words.label(outcome)}</StatusBadge>
    </Group>
  );
  if (text === "") return badge;
  return (
    <Tooltip label={text} multiline w={280}>
      {badge}
    </Tooltip>
  );
}
