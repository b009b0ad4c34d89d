import type { Environment, ModelResponse } from "@/api/types";

/** The model that examples call: a chat model that works, and for test keys one that test keys reach. */
export function exampleModel(models: ModelResponse[] | undefined, environment?: Environment): string | null {
  const all = (models ?? []).filter((model) => model.is_available && model.model_type === "chat");
  // One whose requests fail now is better than none, and worse than any other.
  const working = all.filter((model) => !model.is_failing);
  const usable = working.length > 0 ? working : all;
  const isSandbox = (model: ModelResponse) =>
    model.provider === "sandbox" || model.providers.includes("sandbox");
  if (environment === "test") return (usable.find(isSandbox) ?? usable[0])?.id ?? null;
  return (usable.find((model) => !isSandbox(model)) ?? usable[0])?.id ?? null;
}
