import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { InvoiceResponse } from "@/api/types";
import { renderPage } from "@/test/render-page";
import { AccountInvoices, Invoices } from "./shared/invoices";

const account = "/accounts/acct_1";
const place = { path: "/a/acct_1/billing", route: "/a/$accountId/billing" };

function anInvoice(invoice: Partial<InvoiceResponse> = {}): InvoiceResponse {
  return {
    id: "invc_1",
    kind: "invoice",
    number: "INV-000001",
    account_id: "acct_1",
    order_id: "ord_1",
    corrects: null,
    issued_at: "2026-11-30T10:00:00.000Z",
    currency: "USD",
    currency_exponent: 2,
    amount_minor: 2_000,
    credits_nanos: 20_000_000_000,
    seller: { name: "Example Ltd", address: "", tax_id: "" },
    buyer: { name: "陈氏贸易", address: "", tax_id: "" },
    note: "",
    ...invoice,
  };
}

const NOTE = anInvoice({
  id: "invc_2",
  kind: "credit_note",
  number: "CN-000001",
  corrects: "INV-000001",
  amount_minor: 500,
});
const LISTED = { body: { data: [NOTE, anInvoice()], next_cursor: null } };

it("lists invoices and credit notes with their documents", async () => {
  await renderPage(() => <AccountInvoices accountId="acct_1" />, place, {
    [`${account}/credits/invoices`]: LISTED,
  });
  const page = await screen.findByRole("link", { name: "INV-000001" });
  expect(page.getAttribute("href")).toContain("/credits/invoices/invc_1/document?format=html&language=en");
  const pdf = screen.getByRole("link", { name: "CN-000001 as PDF" });
  expect(pdf.getAttribute("href")).toContain("/credits/invoices/invc_2/document?format=pdf");
  expect(screen.getByText("corrects INV-000001")).toBeTruthy();
  expect(screen.getByText(/−\$5\.00/)).toBeTruthy();
  expect(screen.getByRole("link", { name: "Export CSV" }).getAttribute("href")).toContain("invoices.csv");
});

it("lets admins change the billing details, beginning with those that hold", async () => {
  const responses = {
    [`${account}/credits/invoices`]: { body: { data: [], next_cursor: null } },
    [`${account}/credits/billing-details`]: { body: { name: "Acme", address: "1 Main Street", tax_id: "" } },
  };
  await renderPage(() => <AccountInvoices accountId="acct_1" />, place, responses, "admin");
  await userEvent.click(await screen.findByRole("button", { name: "Billing details" }));
  const dialog = within(await screen.findByRole("dialog"));
  const name = await dialog.findByLabelText("Name");
  expect((name as HTMLInputElement).value).toBe("Acme");
  expect((dialog.getByLabelText("Address") as HTMLTextAreaElement).value).toBe("1 Main Street");
});

it("leads an operator from an invoice to its account", async () => {
  await renderPage(
    () => <Invoices audience="operator" />,
    { path: "/operator/orders", route: "/operator/orders" },
    { "/admin/invoices": LISTED },
  );
  const links = await screen.findAllByRole("link", { name: "acct_1" });
  expect(links[0]?.getAttribute("href")).toContain("/operator/accounts/acct_1");
});
