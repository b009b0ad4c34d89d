// The conversation of an account outlives its page: it is kept in memory, and as far as it is small in the tab's storage.

import { randomId } from "@/random-id";
import { BrokenStream, type ChatDelta, chat, requestIdOf, type ToolCallDelta } from "./chat";
import {
  type AssistantTurn,
  buildBody,
  type Conversation,
  DEFAULT_PARAMETERS,
  EMPTY_CONVERSATION,
  type ToolCall,
  type Turn,
} from "./conversation";

/** What is streamed is shown this often; more often nobody sees. */
const SHOW_EVERY_MS = 40;
const STORE_AFTER_MS = 600;
/** The tab's storage holds about five million letters for everything. */
const STORED_CHARS_MAX = 1_500_000;
const TURNS_MAX = 200;
const TOOL_CALLS_MAX = 64;

export class PlaygroundStore {
  private state: Conversation;
  private readonly listeners = new Set<() => void>();
  private running: AbortController | null = null;
  private storeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly accountId: string,
    private readonly storageKey: string,
  ) {
    this.state = readStored(storageKey);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** What is being written. Nobody but the composer shows it, so it changes without telling. */
  draft = { text: "", images: [] as string[] };

  keepDraft = (draft: { text: string; images: string[] }): void => {
    this.draft = draft;
  };

  get = (): Conversation => this.state;

  get isRunning(): boolean {
    return this.running !== null;
  }

  change(change: Partial<Conversation>): void {
    this.state = { ...this.state, ...change };
    this.tell();
  }

  clear(): void {
    this.stop();
    this.change({ turns: [] });
  }

  /** Adds what the person said and asks for an answer. */
  send(text: string, images: string[]): void {
    if (this.isRunning) return;
    this.ask([...this.state.turns, { id: newId(), role: "user", text, images }]);
  }

  /** Says something else in this place; what came after it is gone. */
  edit(turnId: string, text: string): void {
    if (this.isRunning) return;
    const index = this.state.turns.findIndex((turn) => turn.id === turnId);
    const turn = this.state.turns[index];
    if (turn?.role !== "user") return;
    this.ask([...this.state.turns.slice(0, index), { ...turn, id: newId(), text }]);
  }

  /** Asks again for this answer; what came after it is gone. */
  regenerate(turnId: string): void {
    if (this.isRunning) return;
    const index = this.state.turns.findIndex((turn) => turn.id === turnId);
    if (index >= 0) this.ask(this.state.turns.slice(0, index));
  }

  /** Answers in the tools' place and lets the model go on. */
  answerTools(turnId: string, results: ReadonlyMap<string, string>): void {
    if (this.isRunning) return;
    const turns = this.state.turns.map((turn) =>
      turn.id === turnId && turn.role === "assistant"
        ? {
            ...turn,
            toolCalls: turn.toolCalls.map((call) => ({
              ...call,
              result: results.get(call.id) ?? call.result,
            })),
          }
        : turn,
    );
    this.ask(turns);
  }

  stop(): void {
    this.running?.abort();
  }

  private ask(turns: Turn[]): void {
    const body = buildBody(this.state, turns);
    const { apiKeyId, model } = this.state;
    if (body === null || apiKeyId === null || model === null) return;
    const answer = newAnswer(model, apiKeyId);
    this.change({ turns: [...turns, answer].slice(-TURNS_MAX) });
    void this.run(answer, apiKeyId, body);
  }

  private async run(
    answer: AssistantTurn,
    apiKeyId: string,
    body: NonNullable<ReturnType<typeof buildBody>>,
  ): Promise<void> {
    const controller = new AbortController();
    this.running = controller;
    const began = performance.now();
    let current = answer;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = () => {
      clearTimeout(timer);
      timer = undefined;
      this.change({ turns: this.state.turns.map((turn) => (turn.id === answer.id ? current : turn)) });
    };
    const update = (next: AssistantTurn) => {
      current = next;
      timer ??= setTimeout(show, SHOW_EVERY_MS);
    };
    try {
      await chat({
        accountId: this.accountId,
        apiKeyId,
        body,
        signal: controller.signal,
        onStart: (requestId) => update({ ...current, measures: { ...current.measures, requestId } }),
        onDelta: (delta) => update(applyDelta(current, delta, performance.now() - began)),
      });
      current = { ...current, state: "done" };
    } catch (error) {
      current = ended(current, error, controller.signal.aborted);
    }
    current = { ...current, measures: { ...current.measures, durationMs: performance.now() - began } };
    this.running = null;
    show();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
    clearTimeout(this.storeTimer);
    this.storeTimer = setTimeout(() => store(this.storageKey, this.state), STORE_AFTER_MS);
  }
}

export function applyDelta(turn: AssistantTurn, delta: ChatDelta, afterMs: number): AssistantTurn {
  const says = delta.text ?? delta.refusal ?? "";
  const isContent = says !== "" || delta.reasoning !== undefined || delta.toolCalls !== undefined;
  return {
    ...turn,
    state: "streaming",
    text: turn.text + says,
    reasoning: turn.reasoning + (delta.reasoning ?? ""),
    toolCalls: delta.toolCalls ? mergeToolCalls(turn.toolCalls, delta.toolCalls) : turn.toolCalls,
    measures: {
      ...turn.measures,
      firstTokenMs: turn.measures.firstTokenMs ?? (isContent ? afterMs : null),
      usage: delta.usage ?? turn.measures.usage,
      finishReason: delta.finishReason ?? turn.measures.finishReason,
    },
  };
}

function mergeToolCalls(known: readonly ToolCall[], deltas: readonly ToolCallDelta[]): ToolCall[] {
  const calls = [...known];
  for (const delta of deltas) {
    const at = calls.findIndex((call) => call.index === delta.index);
    const before = calls[at];
    if (before) {
      calls[at] = {
        ...before,
        name: before.name + (delta.name ?? ""),
        arguments: before.arguments + (delta.arguments ?? ""),
      };
    } else if (calls.length < TOOL_CALLS_MAX) {
      calls.push({
        index: delta.index,
        id: delta.id ?? `call_${newId()}`,
        name: delta.name ?? "",
        arguments: delta.arguments ?? "",
        result: null,
      });
    }
  }
  return calls;
}

function ended(turn: AssistantTurn, error: unknown, isStopped: boolean): AssistantTurn {
  if (isStopped) return { ...turn, state: "stopped" };
  const isBroken = error instanceof BrokenStream;
  return {
    ...turn,
    state: "failed",
    measures: { ...turn.measures, requestId: turn.measures.requestId ?? requestIdOf(error) },
    failure: {
      message: error instanceof Error ? error.message : String(error),
      code: error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null,
      isBroken,
    },
  };
}

function newAnswer(model: string, apiKeyId: string): AssistantTurn {
  return {
    id: newId(),
    role: "assistant",
    text: "",
    reasoning: "",
    toolCalls: [],
    state: "waiting",
    failure: null,
    measures: {
      requestId: null,
      model,
      apiKeyId,
      firstTokenMs: null,
      durationMs: null,
      usage: null,
      finishReason: null,
    },
  };
}

function newId(): string {
  return randomId().slice(0, 13);
}

const stores = new Map<string, PlaygroundStore>();

/** One for each user and account, as long as the page lives. */
export function playgroundStore(userId: string, accountId: string): PlaygroundStore {
  const key = `yunxin-playground:${userId}:${accountId}`;
  const known = stores.get(key);
  if (known) return known;
  const created = new PlaygroundStore(accountId, key);
  stores.set(key, created);
  return created;
}

function store(key: string, state: Conversation): void {
  try {
    const text = JSON.stringify(state);
    if (text.length <= STORED_CHARS_MAX) {
      sessionStorage.setItem(key, text);
      return;
    }
    // Inline images are what makes it large; without them it usually fits.
    const light = JSON.stringify({ ...state, turns: state.turns.map(withoutInlineImages) });
    if (light.length <= STORED_CHARS_MAX) sessionStorage.setItem(key, light);
    else sessionStorage.removeItem(key);
  } catch {
    // Storage may be full or switched off; the conversation then lasts as long as the page.
  }
}

function withoutInlineImages(turn: Turn): Turn {
  if (turn.role !== "user") return turn;
  return { ...turn, images: turn.images.filter((url) => !url.startsWith("data:")) };
}

function readStored(key: string): Conversation {
  try {
    const text = sessionStorage.getItem(key);
    if (text === null) return EMPTY_CONVERSATION;
    const stored = JSON.parse(text) as Conversation;
    return {
      ...EMPTY_CONVERSATION,
      ...stored,
      parameters: { ...DEFAULT_PARAMETERS, ...stored.parameters },
      // What was under way when the page was left did not come to its end.
      turns: stored.turns.map((turn) =>
        turn.role === "assistant" && (turn.state === "waiting" || turn.state === "streaming")
          ? { ...turn, state: "stopped" }
          : turn,
      ),
    };
  } catch {
    return EMPTY_CONVERSATION;
  }
}
