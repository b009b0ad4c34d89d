import { Modal, Text } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { CodeBlock } from "@/components/code-block";
import { codeSamples } from "@/lib/code-samples";
import { CHAT } from "@/lib/operations";
import { buildBody, type Turn } from "./conversation";
import type { Playground } from "./use-playground";

/** Long inline images would bury the code. */
const SHOWN_IMAGE_CHARS = 40;

/** The same call for one's own program. */
export function CodeDialog({
  playground,
  isOpen,
  onClose,
}: {
  playground: Playground;
  isOpen: boolean;
  onClose: () => void;
}) {
  const { t } = useTranslation("playground");
  const { conversation } = playground;
  const samples = useMemo(() => {
    if (!isOpen) return null;
    const body = buildBody(conversation, askedTurns(conversation.turns, t("code.message")));
    if (body === null) return null;
    // Counting the usage of a stream is for us; a program decides for itself.
    return codeSamples(CHAT, { ...body, stream_options: undefined });
  }, [isOpen, conversation, t]);
  return (
    <Modal opened={isOpen} onClose={onClose} title={<Text fw={600}>{t("code.title")}</Text>} size="xl">
      <Text size="sm" c="dimmed" mb="md">
        {t("code.text")}
      </Text>
      {samples ? <CodeBlock samples={samples} /> : <Text size="sm">{t("code.broken")}</Text>}
    </Modal>
  );
}

/** Up to what was asked last; the answer to it is not part of the call. */
function askedTurns(turns: readonly Turn[], placeholder: string): Turn[] {
  const last = turns.findLastIndex(
    (turn) => turn.role === "user" || turn.toolCalls.some((call) => call.result !== null),
  );
  const asked = turns.slice(0, last + 1).map(shortened);
  return asked.length > 0 ? asked : [{ id: "code", role: "user", text: placeholder, images: [] }];
}

function shortened(turn: Turn): Turn {
  if (turn.role !== "user") return turn;
  return {
    ...turn,
    images: turn.images.map((url) => (url.startsWith("data:") ? `${url.slice(0, SHOWN_IMAGE_CHARS)}…` : url)),
  };
}
