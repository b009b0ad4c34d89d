import { expect, it } from "vitest";
import { anOrder } from "../an-order";
import { csvOf, foundIn } from "./find-orders";

const words = (method: string) => (method === "wxpay" ? "WeChat Pay" : method);
const orders = [
  anOrder({ id: "ord_1", method: "wxpay", created_by: "ann@example.com" }),
  anOrder({ id: "ord_2", method: "card", status: "expired", created_by: "Billing job" }),
];
const ids = (filter: { status?: string; query?: string }) =>
  foundIn(orders, filter, words).map((order) => order.id);

it("orders are found by status, id, the word for their method, and who ordered", () => {
  expect(ids({})).toEqual(["ord_1", "ord_2"]);
  expect(ids({ status: "expired" })).toEqual(["ord_2"]);
  expect(ids({ query: " wechat " })).toEqual(["ord_1"]);
  expect(ids({ query: "ANN@" })).toEqual(["ord_1"]);
  expect(ids({ query: "ord_2", status: "paid" })).toEqual([]);
});

it("a table of orders has money as figures, and no text in it is a formula", () => {
  const [head, row] = csvOf([anOrder({ created_by: '=HYPERLINK("x"),y' })]).split("\r\n");
  expect(head).toContain("id,created_at,status,provider,method,currency,amount,credits_usd");
  expect(row).toContain("alipay,wxpay,CNY,146.00,20,");
  expect(row).toContain(`"'=HYPERLINK(""x""),y"`);
});
