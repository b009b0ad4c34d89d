// A conversation, and the call it makes.

import type { Body } from "@/lib/code-samples";
import type { ChatUsage } from "./chat";

export interface ToolCall {
  /** Its place in the answer, by which a stream names it. */
  index: number;
  id: string;
  name: string;
  arguments: string;
  /** What the person answered in the tool's place; null until they did. */
  result: string | null;
}

export interface Failure {
  message: string;
  code: string | null;
  /** An answer had begun. */
  isBroken: boolean;
}

export interface Measures {
  requestId: string | null;
  model: string;
  apiKeyId: string;
  firstTokenMs: number | null;
  durationMs: number | null;
  usage: ChatUsage | null;
  finishReason: string | null;
}

export interface UserTurn {
  id: string;
  role: "user";
  text: string;
  /** http(s) addresses and data URIs. */
  images: string[];
}

export interface AssistantTurn {
  id: string;
  role: "assistant";
  text: string;
  reasoning: string;
  toolCalls: ToolCall[];
  state: "waiting" | "streaming" | "done" | "stopped" | "failed";
  failure: Failure | null;
  measures: Measures;
}

export type Turn = UserTurn | AssistantTurn;

export type ResponseFormat = "text" | "json_object" | "json_schema";

export interface Parameters {
  temperature: number | null;
  topP: number | null;
  maxTokens: number | null;
  seed: number | null;
  stop: string[];
  responseFormat: ResponseFormat;
  /** JSON text of the schema, with `json_schema`. */
  schema: string;
  reasoningEffort: string | null;
  isStreamed: boolean;
}

export interface Conversation {
  apiKeyId: string | null;
  model: string | null;
  system: string;
  parameters: Parameters;
  /** JSON text: a list of tools as the API takes them. */
  tools: string;
  turns: Turn[];
}

export const DEFAULT_PARAMETERS: Parameters = {
  temperature: null,
  topP: null,
  maxTokens: null,
  seed: null,
  stop: [],
  responseFormat: "text",
  schema: "",
  reasoningEffort: null,
  isStreamed: true,
};

export const EMPTY_CONVERSATION: Conversation = {
  apiKeyId: null,
  model: null,
  system: "",
  parameters: DEFAULT_PARAMETERS,
  tools: "",
  turns: [],
};

type Json = Body[string];
type Parsed = { ok: true; value: Json } | { ok: false; problem: "json" | "list" | "tool" | "object" };

/** The tools of the editor, or what is wrong with them. Nothing is a value too: no tools. */
export function parseTools(text: string): Parsed {
  if (text.trim() === "") return { ok: true, value: undefined };
  const value = parseJson(text);
  if (value === undefined) return { ok: false, problem: "json" };
  if (!Array.isArray(value)) return { ok: false, problem: "list" };
  const isTool = (tool: Json) =>
    isObject(tool) &&
    tool.type === "function" &&
    isObject(tool.function) &&
    typeof tool.function.name === "string" &&
    tool.function.name !== "";
  return value.every(isTool) ? { ok: true, value } : { ok: false, problem: "tool" };
}

/** A JSON schema, plain or already wrapped as `{name, schema}`. */
export function parseSchema(text: string): Parsed {
  const value = parseJson(text);
  if (value === undefined) return { ok: false, problem: "json" };
  if (!isObject(value)) return { ok: false, problem: "object" };
  const isWrapped = typeof value.name === "string" && isObject(value.schema);
  return { ok: true, value: isWrapped ? value : { name: "answer", strict: true, schema: value } };
}

/** The call for these turns. Null while the tools or the schema cannot be read. */
export function buildBody(conversation: Conversation, turns: readonly Turn[]): Body | null {
  const { parameters, system } = conversation;
  const tools = parseTools(conversation.tools);
  if (!tools.ok) return null;
  const format = responseFormat(parameters);
  if (format === null) return null;
  const list = Array.isArray(tools.value) && tools.value.length > 0 ? tools.value : undefined;
  return {
    model: conversation.model ?? "",
    messages: [
      ...(system.trim() === "" ? [] : [{ role: "system", content: system }]),
      ...turns.flatMap(messagesOf),
    ],
    ...(parameters.isStreamed ? { stream: true, stream_options: { include_usage: true } } : {}),
    temperature: parameters.temperature ?? undefined,
    top_p: parameters.topP ?? undefined,
    max_tokens: parameters.maxTokens ?? undefined,
    seed: parameters.seed ?? undefined,
    stop: parameters.stop.length > 0 ? parameters.stop : undefined,
    reasoning_effort: parameters.reasoningEffort ?? undefined,
    response_format: format,
    tools: list,
  };
}

function responseFormat(parameters: Parameters): Json | null {
  if (parameters.responseFormat === "text") return undefined;
  if (parameters.responseFormat === "json_object") return { type: "json_object" };
  const schema = parseSchema(parameters.schema);
  return schema.ok ? { type: "json_schema", json_schema: schema.value } : null;
}

function messagesOf(turn: Turn): { [name: string]: Json }[] {
  if (turn.role === "user") {
    if (turn.images.length === 0) return [{ role: "user", content: turn.text }];
    return [
      {
        role: "user",
        content: [
          ...(turn.text === "" ? [] : [{ type: "text", text: turn.text }]),
          ...turn.images.map((url) => ({ type: "image_url", image_url: { url } })),
        ],
      },
    ];
  }
  // A call without an answer would make the provider refuse the whole conversation.
  const answered = turn.toolCalls.filter((call) => call.result !== null);
  if (turn.text === "" && answered.length === 0) return [];
  return [
    {
      role: "assistant",
      content: turn.text === "" ? null : turn.text,
      ...(answered.length > 0
        ? {
            tool_calls: answered.map((call) => ({
              id: call.id,
              type: "function",
              function: { name: call.name, arguments: call.arguments },
            })),
          }
        : {}),
    },
    ...answered.map((call) => ({ role: "tool", tool_call_id: call.id, content: call.result ?? "" })),
  ];
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function isObject(value: Json): value is { [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
