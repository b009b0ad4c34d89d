// Buying credits at a provider that signs and lies on demand: there and back, a refund, and what operators see of a lie.
import { startSandbox, startYunxin } from "./support/installation.mjs";
import { becomeOperator } from "./support/people.mjs";
import { freePort } from "./support/port.mjs";
import { expect, test as base } from "./support/test.mjs";

const test = base.extend({
  shop: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern
    async ({}, use) => {
      const sandbox = await startSandbox();
      const port = await freePort();
      const server = await startYunxin({
        listen: `127.0.0.1:${port}`,
        accounts: `sign_up = "open"\npublic_url = "http://127.0.0.1:${port}"\n`,
        config: payments(sandbox.url),
      });
      const operator = await becomeOperator(server);
      await use({ ...server, operator, sandbox: sandbox.url });
      await server.stop();
      await sandbox.stop();
    },
    { scope: "worker" },
  ],
  server: async ({ shop }, use) => use(shop),
});

/** The provider that the sandbox plays, with the merchant that it knows. */
function payments(url) {
  return `
[payments]
allow_private_networks = true

[[payments.providers]]
name = "town"
display_name = "Paytown"
kind = "epay"
url = "${url}/epay/"
methods = ["alipay", "wxpay"]
currency = "CNY"
price_per_dollar = "7.3"
amounts = ["10", "20"]
merchant_id = "1001"
merchant_key = "sandbox-epay-key-0123456789abcdef"
`;
}

test("credits are bought, seen on the balance, asked back and refunded", async ({ page, ann, server, guard }) => {
  guard.allow(server.sandbox);
  // The provider's page has no icon.
  guard.expect(/status of 404 .*\/favicon\.ico/);
  await page.goto(ann.page("billing"));
  await page.getByRole("button", { name: "Buy credits" }).click();
  const dialog = page.getByRole("dialog", { name: "Buy credits" });
  await dialog.getByRole("button", { name: /^\$20\.00/ }).click();
  await dialog.getByRole("radio", { name: /WeChat Pay/ }).click();
  await dialog.getByRole("button", { name: "Continue and pay CN¥146.00" }).click();
  await page.getByRole("button", { name: "Pay", exact: true }).click();

  // Back at once: what is paid is there when the page is.
  await page.waitForURL(/\/billing\?order=ord_/);
  const order = page.getByRole("region", { name: "Order" });
  await expect(order.getByText("Paid. $20.00 were added to your balance.")).toBeVisible();
  await expect(page.getByText("$20.00", { exact: true }).first()).toBeVisible();
  const id = new URL(page.url()).searchParams.get("order");
  await page.getByText("Orders", { exact: true }).click();
  await expect(page.getByRole("link", { name: `$20.00, order ${id}` })).toBeVisible();

  await order.getByRole("button", { name: "Ask for a refund" }).click();
  const request = page.getByRole("dialog", { name: "Ask for a refund" });
  await request.getByLabel("Reason").fill("Bought for the wrong account");
  await request.getByRole("button", { name: "Ask for a refund" }).click();
  await expect(order.getByText("Bought for the wrong account")).toBeVisible();

  await server.operator.enter(page.context());
  await page.goto("/operator/orders?attention=true");
  await page.getByRole("link", { name: id }).click();
  await expect(page.getByText("Refund asked for").first()).toBeVisible();
  await page.getByRole("button", { name: "Refund", exact: true }).click();
  const refund = page.getByRole("dialog", { name: "Refund the order" });
  await refund.getByLabel("Reason").fill("As asked for");
  await refund.getByRole("button", { name: "Refund", exact: true }).click();
  // This kind of provider cannot be told to pay back.
  await expect(page.getByText("Pay it back by hand")).toBeVisible();
  await expect.poll(async () => (await ann.account("GET", "/credits")).balance_nanos).toBe(0);
});

test("an operator sees the message of a provider that lied, and nothing is credited", async ({ page, ann, server }) => {
  const order = await ann.account("POST", "/credits/orders", { provider: "town", method: "alipay", credits: "20" });
  // The buyer opens the page, and somebody sends a message about another amount.
  await fetch(order.url);
  const told = new URLSearchParams({ to: `${server.url}/payments/town/notify`, truth: "unpaid", lie: "amount" });
  await fetch(`${server.sandbox}/epay/pay/${order.id}`, { method: "POST", body: told });

  await server.operator.enter(page.context());
  await page.goto("/operator/orders");
  await page.getByText("Messages", { exact: true }).click();
  const messages = page.getByRole("list", { name: "Messages of the provider" });
  await messages.getByRole("link", { name: order.id }).first().click();
  await page.waitForURL(`**/operator/orders/${order.id}`);
  await expect(page.getByText("Wrong amount").first()).toBeVisible();
  await page.getByText("The message as it came").first().click();
  await expect(page.getByText("money=1.80").first()).toBeVisible();
  await page.getByRole("button", { name: "Ask again" }).click();
  await expect(page.getByText("Asked. The order is: Waiting for payment.")).toBeVisible();
  expect((await ann.account("GET", "/credits")).balance_nanos).toBe(0);
});
