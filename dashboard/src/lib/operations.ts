// The operations of the data plane. Which there are is the document's; filters and restrictions list them all, and their words are in
// locales/<language>/names.json. What the Dashboard can write a sample of is listed here.

import { OPERATION_NAMES } from "@/api/document.gen";
import type { OperationName } from "@/api/types";

/** All of them, by the name under which requests are counted and keys are restricted. */
export const OPERATIONS: readonly OperationName[] = OPERATION_NAMES;

/** An operation that samples are written of. */
export interface Operation {
  name: OperationName;
  /** Below `/v1`. */
  path: string;
  /** The type of the models whose first call is this one. */
  modelType: string;
  /** The same in the official clients: `client.<method>.create`. */
  method: string;
}

export const CHAT: Operation = {
  name: "chat",
  path: "chat/completions",
  modelType: "chat",
  method: "chat.completions",
};
export const EMBEDDINGS: Operation = {
  name: "embeddings",
  path: "embeddings",
  modelType: "embedding",
  method: "embeddings",
};

/** The operation that a model of the type is called by first; `null` where the Dashboard has no sample. */
export function operationFor(modelType: string): Operation | null {
  return [CHAT, EMBEDDINGS].find((one) => one.modelType === modelType) ?? null;
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
  "rerank",
  "moderation",
  "image_generation",
  "tts",
  "stt",
] as const;
export type Capability = (typeof CAPABILITIES)[number];
