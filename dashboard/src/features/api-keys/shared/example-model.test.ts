import { expect, it } from "vitest";
import type { ModelResponse } from "@/api/types";
import { exampleModel } from "./example-model";

const model = (id: string, change: Partial<ModelResponse> = {}) =>
  ({
    id,
    model_type: "chat",
    is_available: true,
    is_failing: false,
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
  expect(exampleModel([model("down", { is_failing: true }), model("up")])).toBe("up");
  expect(exampleModel([model("down", { is_failing: true })])).toBe("down");
});
