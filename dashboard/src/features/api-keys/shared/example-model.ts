import type { Environment, ModelResponse } from "@/api/types";

/** The model that examples call: one that responds chats, and for test keys one that test keys reach. */
export function exampleModel(models: ModelResponse[] | undefined, environment?: Environment): string | null {
  const usable = (models ?? []).filter((model) => model.is_available && model.model_type === "chat");
  const isSandbox = (model: ModelResponse) =>
    model.provider === "sandbox" || model.providers.includes("sandbox");
  if (environment === "test") return (usable.find(isSandbox) ?? usable[0])?.id ?? null;
  return (usable.find((model) => !isSandbox(model)) ?? usable[0])?.id ?? null;
}
