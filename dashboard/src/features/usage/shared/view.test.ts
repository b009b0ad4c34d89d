import { expect, it } from "vitest";
import { readView } from "./view";

it("an address without parameters shows requests by model", () => {
  const view = readView({});
  expect(view).toMatchObject({ metric: "requests", groupBy: "model", kind: "bars", isCompared: false });
});

it("parameters that nobody knows are passed over", () => {
  const view = readView({ metric: "<b>", group: "planet", kind: "pie", environment: "prod" });
  expect(view).toMatchObject({ metric: "requests", groupBy: "model", kind: "bars" });
  expect(view.filter.environment).toBeUndefined();
});

it("a chart can be without groups", () => {
  expect(readView({ group: "none" }).groupBy).toBeUndefined();
});
