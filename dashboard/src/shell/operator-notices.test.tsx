import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderPage } from "@/test/render-page";
import { OperatorNotices } from "./operator-notices";

const OPEN = {
  id: "ntc_1",
  kind: "credential_refused",
  subject: "acme",
  label: "acme",
  facts: { model: "acme/large" },
  began_at: "2026-11-30T10:00:00.000Z",
  last_seen_at: "2026-11-30T10:05:00.000Z",
  ended_at: null,
};

async function render(data: unknown[]) {
  await renderPage(
    () => (
      <>
        <OperatorNotices />
        <p>Page</p>
      </>
    ),
    { path: "/", route: "/" },
    { "/admin/notices": { body: { data, next_cursor: null } } },
  );
}

it("what goes on is told in words, with the way to its model", async () => {
  await render([OPEN, { ...OPEN, id: "ntc_2", ended_at: "2026-11-30T10:06:00.000Z" }]);
  const notice = await screen.findByRole("status");
  expect(notice.textContent).toContain("1 thing needs your attention");
  expect(notice.textContent).toContain("The provider acme refuses its credential");
  expect(screen.getByRole("link", { name: "Open the model" }).getAttribute("href")).toBe(
    "/operator/models/acme/large",
  );
});

it("what is over is not told", async () => {
  await render([{ ...OPEN, ended_at: "2026-11-30T10:06:00.000Z" }]);
  await screen.findByText("Page");
  expect(screen.queryByRole("status")).toBeNull();
});
