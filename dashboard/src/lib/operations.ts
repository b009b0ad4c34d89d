// What the Dashboard knows of the operations of the data plane. One list: filters, restrictions and samples look here, and the words are in
// locales/<language>/names.json. What the server knows more of is shown by its name.

import type { OperationName } from "@/api/types";

export interface Operation {
  /** Under which requests are counted and keys are restricted. */
  name: OperationName;
  /** Below `/v1`. */
  path: string;
  /** The type of the models whose first call is this one. */
  modelType: string | null;
  /** The same in the official clients: `client.<method>.create`. */
  method: string;
}

export const CHAT: Operation = {
  name: "chat",
  path: "chat/completions",
  modelType: "chat",
  method: "chat.completions",
};
const COMPLETIONS: Operation = {
  name: "completions",
  path: "completions",
  modelType: null,
  method: "completions",
};
export const EMBEDDINGS: Operation = {
  name: "embeddings",
  path: "embeddings",
  modelType: "embedding",
  method: "embeddings",
};

export const OPERATIONS: readonly Operation[] = [CHAT, COMPLETIONS, EMBEDDINGS];

/** The operation that a model of the type is called by first; `null` where there is none yet. */
export function operationFor(modelType: string): Operation | null {
  return OPERATIONS.find((one) => one.modelType === modelType) ?? null;
}

/** What an operator may choose for a model. */
export const MODEL_TYPES = [
  "chat",
  "embedding",
  "image_generation",
  "tts",
  "stt",
  "video_generation",
  "rerank",
  "moderation",
] as const;

export const CAPABILITIES = [
  "chat",
  "streaming",
  "function_calling",
  "json_mode",
  "vision",
  "thinking",
  "embedding",
] as const;
export type Capability = (typeof CAPABILITIES)[number];
