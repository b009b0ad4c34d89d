import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { renderPage } from "@/test/render-page";
import { FindButton } from "./find-button";

const KEY = { id: "key_7", name: "Production", hint: "yx-abcd...wxyz", status: "active" };
const EMPTY = { body: { data: [], next_cursor: null } };

async function open() {
  await renderPage(
    FindButton,
    { path: "/a/acct_1/overview", route: "/a/$accountId/overview" },
    {
      "/accounts/acct_1/api-keys": { body: { data: [KEY], next_cursor: null } },
      "/accounts/acct_1/members": EMPTY,
      "/accounts/acct_1/models": EMPTY,
    },
  );
  await screen.findByRole("button", { name: /Find/ });
}

it("what is typed right after Ctrl K is all in the field", async () => {
  await open();
  await userEvent.keyboard("{Control>}k{/Control}prod");
  const field = await screen.findByRole("combobox");
  await waitFor(() => expect(field).toHaveProperty("value", "prod"));
  const hit = await screen.findByRole("option", { name: /Production/ });
  expect(hit.getAttribute("aria-selected")).toBe("true");
});

it("the keyboard alone goes through what is found, and out again", async () => {
  await open();
  await userEvent.keyboard("{Control>}k{/Control}");
  const field = await screen.findByRole("combobox");
  await userEvent.type(field, "prod");
  const hit = await screen.findByRole("option", { name: /Production/ });
  expect(field.getAttribute("aria-activedescendant")).toBe(hit.id);
  await userEvent.keyboard("{ArrowDown}{ArrowUp}");
  expect(hit.getAttribute("aria-selected")).toBe("true");
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("combobox")).toBeNull());
});

it("an id of a request needs no search", async () => {
  await open();
  await userEvent.keyboard("{Control>}k{/Control}");
  await userEvent.type(await screen.findByRole("combobox"), "req_01a22d5109f976a1b8ba6381d57d74a0");
  await screen.findByRole("option", { name: /req_01a22d5109f976a1b8ba6381d57d74a0/ });
});
