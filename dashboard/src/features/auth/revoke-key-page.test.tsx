import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { renderPage } from "@/test/render-page";
import { RevokeKeyPage } from "./revoke-key-page";

const key = "yx-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg1it6LB";
const at = { path: "/revoke-key", route: "/revoke-key" };

async function enter(text: string) {
  await userEvent.type(await screen.findByLabelText("Key"), text);
  await userEvent.click(screen.getByRole("button", { name: "Continue" }));
}

it("sends nothing before the checksum is right and the consequences were read", async () => {
  let sent = 0;
  const response = () => {
    sent += 1;
    return { body: { revoked: true, kind: "api_key" } };
  };
  await renderPage(RevokeKeyPage, at, { "/leaked-keys": response });
  await enter(key.slice(0, -1));
  expect(await screen.findByText(/incomplete or mistyped/)).toBeTruthy();
  await userEvent.type(screen.getByLabelText("Key"), "B");
  await userEvent.click(screen.getByRole("button", { name: "Continue" }));
  expect(await screen.findByRole("heading", { name: "Revoke this API key?" })).toBeTruthy();
  // What is shown of it tells it from others and no more.
  expect(screen.getByText("yx-0123…t6LB")).toBeTruthy();
  expect(sent).toBe(0);
  await userEvent.click(screen.getByRole("button", { name: "Revoke permanently" }));
  expect(await screen.findByRole("heading", { name: "The key is revoked" })).toBeTruthy();
  expect(sent).toBe(1);
});

it("says that a key is of another server", async () => {
  await renderPage(RevokeKeyPage, at, { "/leaked-keys": { body: { revoked: false, kind: null } } });
  await enter(key);
  await userEvent.click(await screen.findByRole("button", { name: "Revoke permanently" }));
  expect(await screen.findByRole("heading", { name: "This server does not know the key" })).toBeTruthy();
});
