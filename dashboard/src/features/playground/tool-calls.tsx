import { Button, Group, Text, Textarea } from "@mantine/core";
import { CornerDownRight, Wrench } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AssistantTurn } from "./conversation";
import classes from "./playground.module.css";

const RESULT_CHARS_MAX = 100_000;

/** What the model wants called. The person answers in the tools' place. */
export function ToolCalls({
  turn,
  canAnswer,
  onAnswer,
}: {
  turn: AssistantTurn;
  canAnswer: boolean;
  onAnswer: (results: Map<string, string>) => void;
}) {
  const { t } = useTranslation("playground");
  const [results, setResults] = useState<Record<string, string>>({});
  const isOpen = turn.state === "done" && turn.toolCalls.some((call) => call.result === null);
  return (
    <div className={classes.tools}>
      {turn.toolCalls.map((call) => (
        <div key={call.id} className={classes.tool}>
          <Group gap={6} mb={4}>
            <Wrench size={14} aria-hidden />
            <Text size="sm" fw={600} ff="monospace" className="yx-untrusted">
              {call.name}
            </Text>
          </Group>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
          <pre className={classes.arguments} tabIndex={0}>
            {pretty(call.arguments)}
          </pre>
          {call.result !== null ? (
            <div className={classes.result}>
              <CornerDownRight size={14} aria-hidden />
              <pre>{call.result}</pre>
            </div>
          ) : isOpen && canAnswer ? (
            <Textarea
              mt="xs"
              label={t("tools.result", { name: call.name })}
              placeholder={t("tools.resultPlaceholder")}
              autosize
              minRows={2}
              maxRows={8}
              maxLength={RESULT_CHARS_MAX}
              value={results[call.id] ?? ""}
              onChange={(event) => {
                const { value } = event.currentTarget;
                setResults((before) => ({ ...before, [call.id]: value }));
              }}
              styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
            />
          ) : null}
        </div>
      ))}
      {isOpen && canAnswer ? (
        <Group justify="flex-end">
          <Button
            size="xs"
            onClick={() => onAnswer(new Map(turn.toolCalls.map((call) => [call.id, results[call.id] ?? ""])))}
          >
            {t("tools.answer")}
          </Button>
        </Group>
      ) : null}
    </div>
  );
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
