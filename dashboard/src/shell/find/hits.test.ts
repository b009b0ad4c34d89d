import { describe, expect, it } from "vitest";
import {
  accountHits,
  catalogueHits,
  distinct,
  everywhereHits,
  type MenuPage,
  ownHits,
  pageHits,
} from "./hits";

const own = {
  accountId: "acct_1",
  keys: [
    { id: "key_1", name: "Production", hint: "yx-abcd...wxyz" },
    { id: "key_2", name: "", hint: "yx-efgh...stuv" },
  ],
  members: [{ user_id: "usr_1", name: "Ann", email: "ann@example.com" }],
  models: [{ id: "vendor/large", display_name: "Large" }],
};

describe("what a text finds", () => {
  it("is a key by its id, its name and its hint", () => {
    for (const text of ["key_1", "PROD", "abcd...wxyz"]) {
      expect(ownHits(text, own).map((hit) => hit.id)).toEqual(["key_1"]);
    }
    expect(ownHits("efgh", own)[0]?.label).toBe("yx-efgh...stuv");
  });

  it("is a member by e-mail and a model by name", () => {
    expect(ownHits("ann@", own)[0]?.target).toEqual({ page: "members", accountId: "acct_1" });
    expect(ownHits("large", own)[0]?.target).toEqual({
      page: "model",
      accountId: "acct_1",
      model: "vendor/large",
    });
  });

  it("is a model of the catalogue for operators", () => {
    const models = [{ id: "vendor/large", display_name: null }, { id: "small" }];
    expect(catalogueHits("LARGE", models).map((hit) => hit.target)).toEqual([
      { page: "operator-model", model: "vendor/large" },
    ]);
  });

  it("is each thing once, with what is nearest first", () => {
    const keys = own.keys.map((key) => ({ ...key, account_id: "acct_1", account_label: "Acme" }));
    const everywhere = everywhereHits({ keys: keys.slice(0, 1), accounts: [], users: [] });
    const hits = distinct([...ownHits("key_1", own), ...everywhere]);
    expect(hits.map((hit) => hit.detail)).toEqual(["yx-abcd...wxyz"]);
  });

  it("is an account of one's own by its id", () => {
    const accounts = [{ id: "acct_1", name: "" }];
    expect(accountHits("acct_1", accounts)[0]?.target).toEqual({ page: "account", accountId: "acct_1" });
  });

  it("is a page by its name in the reader's language, and by that in its address", () => {
    const billing: MenuPage = {
      label: "账单",
      group: "",
      target: { page: "account-page", to: "/a/$accountId/billing", accountId: "acct_1" },
    };
    for (const text of ["账单", "BILL"]) {
      expect(pageHits(text, [billing]).map((hit) => hit.target)).toEqual([billing.target]);
    }
    expect(pageHits("accountId", [billing])).toEqual([]);
  });
});
