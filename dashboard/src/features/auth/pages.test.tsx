import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import { meOf, type Responses, renderPage } from "@/test/render-page";
import { InvitePage } from "./invite-page";
import { forgetInvite } from "./invite-token";
import { ResetPasswordPage } from "./reset-password-page";
import { SignInPage } from "./sign-in-page";
import { SignUpPage } from "./sign-up-page";

const options = {
  sign_up: "open",
  sends_email: true,
  providers: [{ name: "github", display_name: "GitHub" }],
  needs_first_operator: false,
  version: "0.1.0",
};
const refused = (status: number, code: string, param: string | null = null) => ({
  status,
  body: { error: { type: "refused", message: code, code, param } },
});
const open: Responses = { "/auth/options": { body: options } };

beforeEach(forgetInvite);

it("asks for the second step only when the server does, and says when the code is wrong", async () => {
  let attempts = 0;
  await renderPage(
    SignInPage,
    // A reason keeps the page from asking who is signed in.
    { path: "/sign-in?reason=session_ended", route: "/sign-in" },
    {
      ...open,
      "/auth/sign-in": () => {
        attempts += 1;
        return attempts === 1
          ? refused(401, "two_factor_required", "code")
          : refused(401, "wrong_code", "code");
      },
    },
  );
  expect((await screen.findByRole("status")).textContent).toContain("Your session has ended");
  const github = await screen.findByRole("link", { name: "Continue with GitHub" });
  expect(github.getAttribute("href")).toBe("/api/v1/auth/providers/github/start?return_to=%2F");

  await userEvent.type(screen.getByLabelText("E-mail address"), "lin@example.com");
  await userEvent.type(screen.getByLabelText("Password"), "correct horse battery");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  // The sixth digit sends it.
  await userEvent.type(await screen.findByLabelText("Code"), "123456");
  expect((await screen.findByRole("alert")).textContent).toContain("That code is wrong");
  expect(attempts).toBe(2);
});

it("explains what a provider refused, and shows codes that it does not know", async () => {
  await renderPage(SignInPage, { path: "/sign-in?error=odd_code&reason=x", route: "/sign-in" }, open);
  expect((await screen.findByRole("alert")).textContent).toContain("odd_code");
});

it("does not offer a form where new accounts are closed", async () => {
  await renderPage(
    SignUpPage,
    { path: "/sign-up", route: "/sign-up" },
    { "/auth/options": { body: { ...options, sign_up: "closed" } } },
  );
  expect(await screen.findByRole("heading", { name: "Sign-up is closed" })).toBeTruthy();
  expect(screen.queryByLabelText("E-mail address")).toBeNull();
});

it("sends nobody a reset link where the server has no mail", async () => {
  await renderPage(
    ResetPasswordPage,
    { path: "/reset-password", route: "/reset-password" },
    { "/auth/options": { body: { ...options, sends_email: false } } },
  );
  expect(await screen.findByRole("heading", { name: "Ask an operator" })).toBeTruthy();
});

it("offers a new link when the link for a new password is dead", async () => {
  await renderPage(
    ResetPasswordPage,
    { path: "/reset-password#token", route: "/reset-password" },
    { ...open, "/auth/password-reset/confirm": refused(422, "invalid_link", "token") },
  );
  await userEvent.type(await screen.findByLabelText("New password"), "plum kettle orbit");
  await userEvent.click(screen.getByRole("button", { name: "Change password" }));
  await userEvent.click(await screen.findByRole("button", { name: "Request a new link" }));
  expect(await screen.findByRole("button", { name: "Send link" })).toBeTruthy();
});

it("lets only the invited person accept an invite", async () => {
  const invite = { account_name: "Acme", role: "member", expires_at: "2026-12-01T00:00:00.000Z" };
  await renderPage(
    InvitePage,
    { path: "/invite#token", route: "/invite" },
    {
      "/auth/session": { body: { me: meOf("member") } },
      "/auth/invites/inspect": { body: { ...invite, email: "someone@example.com" } },
    },
  );
  await waitFor(() => expect(screen.getByRole("button", { name: "Sign out and continue" })).toBeTruthy());
  expect(screen.queryByRole("button", { name: "Accept invite" })).toBeNull();
});
