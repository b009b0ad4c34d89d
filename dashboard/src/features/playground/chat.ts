// One call of a model: sends it, and reads the answer as it comes, streamed or whole.

import { ApiError, postRaw } from "@/api/client";
import type { Body } from "@/lib/code-samples";
import { SseDecoder } from "./sse";

export interface ChatUsage {
  input: number;
  output: number;
  cached: number;
  reasoning: number;
}

export interface ToolCallDelta {
  index: number;
  id?: string;
  name?: string;
  arguments?: string;
}

export interface ChatDelta {
  text?: string;
  reasoning?: string;
  toolCalls?: ToolCallDelta[];
  finishReason?: string;
  usage?: ChatUsage;
  refusal?: string;
}

/** The answer began well and then broke. */
export class BrokenStream extends Error {
  readonly code: string | null;
  constructor(message: string, code: string | null) {
    super(message);
    this.name = "BrokenStream";
    this.code = code;
  }
}

interface ChatCall {
  accountId: string;
  apiKeyId: string;
  body: Body;
  signal: AbortSignal;
  onStart: (requestId: string | null) => void;
  onDelta: (delta: ChatDelta) => void;
}

/** Resolves when the answer is whole; throws ApiError when there was none, BrokenStream when it broke off. */
export async function chat({ accountId, apiKeyId, body, signal, onStart, onDelta }: ChatCall): Promise<void> {
  const response = await postRaw("/accounts/{account_id}/api-keys/{id}/chat/completions", {
    path: { account_id: accountId, id: apiKeyId },
    body,
    signal,
  });
  onStart(response.headers.get("x-request-id"));
  if (!(response.headers.get("content-type") ?? "").includes("text/event-stream")) {
    onDelta(readAnswer(await readJson(response)));
    return;
  }
  await readStream(response, onDelta);
}

async function readStream(response: Response, onDelta: (delta: ChatDelta) => void): Promise<void> {
  const reader = response.body?.getReader();
  if (!reader) throw new BrokenStream("the answer has no body", null);
  const decoder = new SseDecoder();
  let isDone = false;
  const take = (events: string[]) => {
    for (const data of events) {
      if (isDone) return;
      if (data === "[DONE]") isDone = true;
      else onDelta(readEvent(data));
    }
  };
  try {
    while (!isDone) {
      const { done, value } = await nextChunk(reader);
      take(done ? decoder.end() : decoder.take(value));
      if (done) break;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
  if (!isDone) throw new BrokenStream("the stream ended before its end", "incomplete");
}

async function nextChunk(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read();
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new BrokenStream("the connection was lost", "network");
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new BrokenStream("the answer is not JSON", "unreadable");
  }
}

/** What an event of a stream says. Nothing in it is taken on trust. */
export function readEvent(data: string): ChatDelta {
  let event: unknown;
  try {
    event = JSON.parse(data);
  } catch {
    throw new BrokenStream("an event of the stream is not JSON", "unreadable");
  }
  const error = field(event, "error");
  if (error) {
    throw new BrokenStream(text(error, "message") ?? "the provider failed", text(error, "code") ?? null);
  }
  const choice = first(field(event, "choices"));
  return { ...readMessage(field(choice, "delta")), ...readEnd(choice, event) };
}

function readAnswer(answer: unknown): ChatDelta {
  const choice = first(field(answer, "choices"));
  return { ...readMessage(field(choice, "message")), ...readEnd(choice, answer) };
}

function readMessage(message: unknown): ChatDelta {
  const calls = field(message, "tool_calls");
  return {
    text: text(message, "content"),
    reasoning: text(message, "reasoning_content") ?? text(message, "reasoning"),
    refusal: text(message, "refusal"),
    toolCalls: Array.isArray(calls) ? calls.map(readToolCall) : undefined,
  };
}

function readToolCall(call: unknown, position: number): ToolCallDelta {
  const index = field(call, "index");
  const called = field(call, "function");
  return {
    index: typeof index === "number" ? index : position,
    id: text(call, "id"),
    name: text(called, "name"),
    arguments: text(called, "arguments"),
  };
}

function readEnd(choice: unknown, event: unknown): ChatDelta {
  const usage = field(event, "usage");
  return {
    finishReason: text(choice, "finish_reason"),
    usage: usage
      ? {
          input: count(usage, "prompt_tokens"),
          output: count(usage, "completion_tokens"),
          cached: count(field(usage, "prompt_tokens_details"), "cached_tokens"),
          reasoning: count(field(usage, "completion_tokens_details"), "reasoning_tokens"),
        }
      : undefined,
  };
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Record<string, unknown>)[name] ?? undefined;
}

function text(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === "string" && found !== "" ? found : undefined;
}

function count(value: unknown, name: string): number {
  const found = field(value, name);
  return typeof found === "number" && Number.isFinite(found) && found > 0 ? found : 0;
}

function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}

export function requestIdOf(error: unknown): string | null {
  return error instanceof ApiError ? error.requestId : null;
}
