import { expect, it } from "vitest";
import type { ModelResponse } from "@/api/types";
import { exampleModel, samplesOf } from "./samples";

const model = (id: string, change: Partial<ModelResponse> = {}) =>
  ({
    id,
    model_type: "chat",
    is_available: true,
    provider: "x",
    providers: ["x"],
    ...change,
  }) as ModelResponse;

it("examples call a chat model that the account can use", () => {
  const models = [
    model("premium", { is_available: false }),
    model("embed", { model_type: "embedding" }),
    model("sandbox-small", { provider: "sandbox" }),
    model("real"),
  ];
  expect(exampleModel(models)).toBe("real");
  expect(exampleModel(models, "test")).toBe("sandbox-small");
  expect(exampleModel([])).toBeNull();
});

it("examples read the key from the environment and call this address", () => {
  for (const sample of samplesOf("real")) {
    expect(sample.code).toContain("YUNXIN_API_KEY");
    expect(sample.code).toContain(`${window.location.origin}/v1`);
  }
});

it("the name of a model cannot leave the quotes of the shell", () => {
  expect(samplesOf("a'b")[0]?.code).toContain("a'\\''b");
});
