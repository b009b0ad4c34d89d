import { expect, it } from "vitest";
import { readView } from "./view";

const account = { accountId: "acct_1" };

it("an address without parameters shows requests by model", () => {
  const view = readView({}, account);
  expect(view).toMatchObject({ metric: "requests", groupBy: "model", kind: "bars", isCompared: false });
});

it("parameters that nobody knows are passed over", () => {
  const view = readView({ metric: "<b>", group: "planet", kind: "pie", environment: "prod" }, account);
  expect(view).toMatchObject({ metric: "requests", groupBy: "model", kind: "bars" });
  expect(view.filter.environment).toBeUndefined();
});

it("a chart can be without groups", () => {
  expect(readView({ group: "none" }, account).groupBy).toBeUndefined();
});

it("only operators group and filter by account", () => {
  const search = { group: "account", account_id: "acct_2" };
  expect(readView(search, account)).toMatchObject({ groupBy: "model", filter: {} });
  expect(readView(search, account).filter).not.toHaveProperty("account_id");
  expect(readView(search, "operator")).toMatchObject({
    groupBy: "account",
    filter: { account_id: "acct_2" },
  });
});
