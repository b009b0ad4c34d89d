import { Button, Group, Select, Text } from "@mantine/core";
import { ArrowDown, FlaskConical } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { MakerMark } from "@/components/maker-mark";
import { Composer } from "./composer";
import { buildBody } from "./conversation";
import classes from "./playground.module.css";
import { AssistantView, UserView } from "./turn-view";
import { mismatch, type Playground } from "./use-playground";

/** This near to the end, the reader follows the answer. */
const FOLLOWS_WITHIN_PX = 80;

export function ChatPanel({ playground }: { playground: Playground }) {
  const { t } = useTranslation("playground");
  const { store, conversation, apiKey, model } = playground;
  const { turns } = conversation;
  const last = turns.at(-1);
  const isRunning = last?.role === "assistant" && (last.state === "waiting" || last.state === "streaming");
  const canAsk = apiKey !== null && model !== null && buildBody(conversation, turns) !== null;

  useEffect(() => {
    if (!isRunning) return;
    const onKey = (event: KeyboardEvent) => {
      // In a dialog, Escape closes the dialog.
      const isInDialog = event.target instanceof Element && event.target.closest("[role='dialog']");
      if (event.key === "Escape" && !event.defaultPrevented && !isInDialog) store.stop();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [isRunning, store]);

  const scroll = useFollowing(turns);
  return (
    <section className={classes.chat} aria-label={t("conversation")}>
      <Pickers playground={playground} />
      <div className={classes.turns} ref={scroll.box} onScroll={scroll.onScroll}>
        {turns.length === 0 ? (
          <Start onChoose={(text) => store.send(text, [])} canAsk={canAsk} />
        ) : (
          turns.map((turn) =>
            turn.role === "user" ? (
              <UserView
                key={turn.id}
                turn={turn}
                isBusy={isRunning}
                onEdit={(text) => store.edit(turn.id, text)}
              />
            ) : (
              <AssistantView
                key={turn.id}
                turn={turn}
                playground={playground}
                isBusy={isRunning}
                isLast={turn === last}
              />
            ),
          )
        )}
      </div>
      {scroll.isFollowing ? null : (
        <div className={classes.toEnd}>
          <Button
            size="compact-sm"
            radius="xl"
            variant="default"
            leftSection={<ArrowDown size={14} />}
            onClick={scroll.toEnd}
          >
            {t("toEnd")}
          </Button>
        </div>
      )}
      <div aria-live="polite" className="yx-visually-hidden">
        {isRunning ? t("announce.running") : last?.role === "assistant" ? t(`announce.${last.state}`) : ""}
      </div>
      <Composer
        draft={store.draft}
        onDraft={store.keepDraft}
        isRunning={isRunning}
        canAsk={canAsk}
        seesImages={model?.capabilities.includes("vision") ?? false}
        onSend={(text, images) => {
          store.send(text, images);
          scroll.toEnd();
        }}
        onStop={() => store.stop()}
      />
    </section>
  );
}

function Pickers({ playground }: { playground: Playground }) {
  const { t } = useTranslation("playground");
  const { t: common } = useTranslation();
  const { usableKeys = [], chatModels = [], offered = [], apiKey, model, store, conversation } = playground;
  const problem = mismatch(apiKey, model);
  const isKnown = chatModels.some((one) => one.id === conversation.model);
  const shown = model && !offered.includes(model) ? [model, ...offered] : offered;
  return (
    <div className={classes.pickers}>
      <Group gap="sm" align="flex-end" wrap="nowrap" className={classes.pickerRow}>
        <Select
          label={t("key")}
          data={usableKeys.map((key) => ({
            value: key.id,
            label: key.environment === "test" ? `${key.name} · ${common("environment.test")}` : key.name,
          }))}
          value={apiKey?.id ?? null}
          onChange={(id) => id && playground.chooseKey(id)}
          allowDeselect={false}
          searchable={usableKeys.length > 8}
          nothingFoundMessage={t("nothingFound")}
        />
        <Select
          label={t("model")}
          data={shown.map((one) => ({ value: one.id, label: one.display_name }))}
          value={isKnown ? conversation.model : null}
          placeholder={conversation.model ?? undefined}
          onChange={(id) => id && store.change({ model: id })}
          allowDeselect={false}
          searchable
          nothingFoundMessage={t("nothingFound")}
          leftSection={model ? <MakerMark name={model.owned_by} size={20} /> : undefined}
          renderOption={({ option }) => (
            <div style={{ minWidth: 0 }}>
              <div className="yx-untrusted">{option.label}</div>
              <Text size="xs" c="dimmed" ff="monospace" className="yx-untrusted">
                {option.value}
              </Text>
            </div>
          )}
        />
      </Group>
      {problem || (!isKnown && conversation.model) ? (
        <Text size="xs" className={classes.problem} role="status">
          {problem ? t(`mismatch.${problem}`) : t("mismatch.unknown", { model: conversation.model })}
        </Text>
      ) : apiKey?.environment === "test" ? (
        <Text size="xs" c="dimmed" mt={6}>
          {t("testKey")}
        </Text>
      ) : null}
    </div>
  );
}

function Start({ onChoose, canAsk }: { onChoose: (text: string) => void; canAsk: boolean }) {
  const { t } = useTranslation("playground");
  const examples = [t("start.first"), t("start.second"), t("start.third")];
  return (
    <div className={classes.start}>
      <span className={classes.startIcon} aria-hidden>
        <FlaskConical size={22} strokeWidth={1.7} />
      </span>
      <Text fw={600}>{t("start.title")}</Text>
      <Text size="sm" c="dimmed" ta="center" maw={420}>
        {t("start.text")}
      </Text>
      <div className={classes.examples}>
        {examples.map((text) => (
          <button
            key={text}
            type="button"
            className={classes.example}
            disabled={!canAsk}
            onClick={() => onChoose(text)}
          >
            {text}
          </button>
        ))}
      </div>
    </div>
  );
}

/** Keeps the end in view while an answer grows, unless the reader has gone back to read. */
function useFollowing(content: unknown) {
  const box = useRef<HTMLDivElement>(null);
  const [isFollowing, setIsFollowing] = useState(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the content is what makes the box grow
  useEffect(() => {
    const element = box.current;
    if (element && isFollowing) element.scrollTop = element.scrollHeight;
  }, [content, isFollowing]);
  useEffect(() => {
    const element = box.current;
    if (!element || !isFollowing) return;
    // The composer grows with what is written and takes the room from here.
    const observer = new ResizeObserver(() => {
      element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [isFollowing]);
  return {
    box,
    isFollowing,
    toEnd: () => {
      setIsFollowing(true);
      if (box.current) box.current.scrollTop = box.current.scrollHeight;
    },
    onScroll: () => {
      const element = box.current;
      if (!element) return;
      const left = element.scrollHeight - element.scrollTop - element.clientHeight;
      setIsFollowing(left < FOLLOWS_WITHIN_PX);
    },
  };
}
