import { ActionIcon, Alert, Button, Group, Loader, Text, Textarea, Tooltip } from "@mantine/core";
import { Brain, Pencil, RefreshCw } from "lucide-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "@/components/copy-button";
import { MakerMark } from "@/components/maker-mark";
import { explainedCode } from "@/features/requests/shared/outcome";
import { ImageView } from "./composer";
import type { AssistantTurn, Failure, UserTurn } from "./conversation";
import { MarkupView } from "./markup-view";
import { MeasuresView } from "./measures-view";
import classes from "./playground.module.css";
import { ToolCalls } from "./tool-calls";
import type { Playground } from "./use-playground";

export const UserView = memo(function UserView({
  turn,
  isBusy,
  onEdit,
}: {
  turn: UserTurn;
  isBusy: boolean;
  onEdit: (text: string) => void;
}) {
  const { t } = useTranslation("playground");
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <article className={classes.user} aria-label={t("you")}>
      {turn.images.length > 0 ? (
        <ul className={classes.attachments}>
          {turn.images.map((url, index) => (
            <li key={url}>
              <ImageView url={url} label={t("images.number", { number: index + 1 })} />
            </li>
          ))}
        </ul>
      ) : null}
      {draft === null ? (
        <>
          {turn.text === "" ? null : <div className={classes.bubble}>{turn.text}</div>}
          <Group gap={2} className={classes.actions} justify="flex-end">
            <CopyButton value={turn.text} label={t("copyMessage")} />
            <Tooltip label={t("edit")}>
              <ActionIcon aria-label={t("edit")} disabled={isBusy} onClick={() => setDraft(turn.text)}>
                <Pencil size={15} />
              </ActionIcon>
            </Tooltip>
          </Group>
        </>
      ) : (
        <EditForm
          text={draft}
          onChange={setDraft}
          onCancel={() => setDraft(null)}
          onSend={() => {
            setDraft(null);
            onEdit(draft);
          }}
        />
      )}
    </article>
  );
}, sameTurn);

function sameTurn(
  before: { turn: UserTurn; isBusy: boolean },
  after: { turn: UserTurn; isBusy: boolean },
): boolean {
  return before.turn === after.turn && before.isBusy === after.isBusy;
}

function EditForm({
  text,
  onChange,
  onCancel,
  onSend,
}: {
  text: string;
  onChange: (text: string) => void;
  onCancel: () => void;
  onSend: () => void;
}) {
  const { t } = useTranslation("playground");
  const { t: common } = useTranslation();
  return (
    <div className={classes.edit}>
      <Textarea
        aria-label={t("editMessage")}
        description={t("editHint")}
        autosize
        minRows={2}
        maxRows={12}
        value={text}
        autoFocus
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.preventDefault();
            onCancel();
          }
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && text.trim() !== "") {
            event.preventDefault();
            onSend();
          }
        }}
      />
      <Group justify="flex-end" gap="xs" mt="xs">
        <Button variant="default" size="xs" onClick={onCancel}>
          {common("cancel")}
        </Button>
        <Button size="xs" onClick={onSend} disabled={text.trim() === ""}>
          {t("resend")}
        </Button>
      </Group>
    </div>
  );
}

interface AssistantViewProps {
  turn: AssistantTurn;
  playground: Playground;
  isBusy: boolean;
  isLast: boolean;
}

export function AssistantView({ turn, playground, isBusy, isLast }: AssistantViewProps) {
  const { t } = useTranslation("playground");
  const model = playground.chatModels?.find((one) => one.id === turn.measures.model);
  const isOpen = turn.state === "waiting" || turn.state === "streaming";
  return (
    <article className={classes.assistant} aria-label={t("answerOf", { model: turn.measures.model })}>
      <Group gap="xs" mb={6}>
        <MakerMark name={model?.owned_by ?? turn.measures.model} size={24} />
        <Text size="sm" fw={600} className="yx-untrusted">
          {model?.display_name ?? turn.measures.model}
        </Text>
        {isOpen ? <Loader size={13} aria-hidden /> : null}
      </Group>
      <div className={classes.answer}>
        {turn.reasoning === "" ? null : <Reasoning turn={turn} isOpen={isOpen && turn.text === ""} />}
        {turn.text === "" ? null : <MarkupView text={turn.text} />}
        {turn.state === "waiting" ? (
          <Text size="sm" c="dimmed">
            {t("waiting")}
          </Text>
        ) : null}
        {turn.toolCalls.length > 0 ? (
          <ToolCalls
            turn={turn}
            canAnswer={isLast && !isBusy}
            onAnswer={(results) => playground.store.answerTools(turn.id, results)}
          />
        ) : null}
        {turn.state === "done" && turn.text === "" && turn.toolCalls.length === 0 ? (
          <Text size="sm" c="dimmed" fs="italic">
            {t("emptyAnswer")}
          </Text>
        ) : null}
        {turn.measures.finishReason === "length" && turn.state === "done" ? (
          <Text size="xs" className={classes.problem} mt="xs">
            {t("cutByLength")}
          </Text>
        ) : null}
        {turn.state === "stopped" ? (
          <Text size="xs" c="dimmed" mt="xs">
            {t("stopped")}
          </Text>
        ) : null}
        {turn.failure ? <FailureView failure={turn.failure} /> : null}
        {isOpen ? null : (
          <div className={classes.foot}>
            <MeasuresView turn={turn} playground={playground} model={model} />
            <Group gap={2} wrap="nowrap">
              {turn.text === "" ? null : <CopyButton value={turn.text} label={t("copyAnswer")} />}
              <Tooltip label={t("regenerate")}>
                <ActionIcon
                  aria-label={t("regenerate")}
                  disabled={isBusy}
                  onClick={() => playground.store.regenerate(turn.id)}
                >
                  <RefreshCw size={15} />
                </ActionIcon>
              </Tooltip>
            </Group>
          </div>
        )}
      </div>
    </article>
  );
}

function Reasoning({ turn, isOpen }: { turn: AssistantTurn; isOpen: boolean }) {
  const { t } = useTranslation("playground");
  return (
    <details className={classes.reasoning}>
      <summary>
        <Brain size={14} aria-hidden />
        {isOpen ? t("reasoning.running") : t("reasoning.done")}
      </summary>
      <div className={classes.reasoningText}>{turn.reasoning}</div>
    </details>
  );
}

function FailureView({ failure }: { failure: Failure }) {
  const { t } = useTranslation("playground");
  const { t: requests } = useTranslation("requests");
  const { t: common } = useTranslation();
  const code = explainedCode(failure.code);
  const own =
    failure.code === "incomplete" || failure.code === "unreadable" ? t(`failure.${failure.code}`) : null;
  const text =
    own ??
    (failure.code === "network"
      ? common("errors.codes.network")
      : code
        ? `${requests(`code.${code}.text`)} ${requests(`code.${code}.fix`)}`
        : failure.message);
  return (
    <Alert
      color="red"
      mt="xs"
      role="alert"
      title={failure.isBroken ? t("failure.broken") : t("failure.refused")}
    >
      <Text size="sm" className="yx-untrusted">
        {text}
      </Text>
      {text === failure.message || own ? null : (
        <Text size="xs" mt={4} className="yx-untrusted" ff="monospace">
          {failure.code}: {failure.message}
        </Text>
      )}
    </Alert>
  );
}
