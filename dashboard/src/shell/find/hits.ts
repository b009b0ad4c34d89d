// What a text finds, from lists that are there already: pure, so that the palette and its tests agree.

import type { AccountPage, OperatorPage } from "../pages";
import { contains } from "./query";

const PER_KIND_MAX = 5;

export type HitKind = "request" | "order" | "key" | "account" | "user" | "model" | "page";

/** Where a hit leads. */
export type Target =
  | { page: "receipt"; accountId: string; requestId: string }
  | { page: "operator-receipt"; requestId: string }
  | { page: "order"; accountId: string; orderId: string }
  | { page: "operator-order"; orderId: string }
  | { page: "account-page"; to: AccountPage; accountId: string }
  | { page: "operator-page"; to: OperatorPage }
  | { page: "key"; accountId: string; apiKeyId: string }
  | { page: "account"; accountId: string }
  | { page: "operator-account"; accountId: string }
  | { page: "members"; accountId: string }
  | { page: "users"; email: string }
  | { page: "model"; accountId: string; model: string }
  | { page: "operator-model"; model: string };

/** Something that was found. */
export interface Hit {
  id: string;
  kind: HitKind;
  label: string;
  detail: string;
  target: Target;
}

/** What is known of the account of the page. */
export interface OwnThings {
  accountId: string;
  keys: { id: string; name: string; hint: string }[];
  members: { user_id: string; name: string; email: string }[];
  models: { id: string; display_name: string }[];
}

/** What an operator finds in all accounts. */
export interface Everywhere {
  keys: { id: string; name: string; hint: string; account_id: string; account_label: string }[];
  accounts: { id: string; name: string; email: string }[];
  users: { id: string; name: string; email: string }[];
}

export function ownHits(text: string, { accountId, keys, members, models }: OwnThings): Hit[] {
  return [
    ...keys
      .filter((key) => contains(text, key.id, key.name, key.hint))
      .slice(0, PER_KIND_MAX)
      .map((key) => keyHit(key, accountId, key.hint)),
    ...members
      .filter((member) => contains(text, member.email, member.name))
      .slice(0, PER_KIND_MAX)
      .map(
        (member): Hit => ({
          id: member.user_id,
          kind: "user",
          label: member.name || member.email,
          detail: member.email,
          target: { page: "members", accountId },
        }),
      ),
    ...models
      .filter((model) => contains(text, model.id, model.display_name))
      .slice(0, PER_KIND_MAX)
      .map(
        (model): Hit => ({
          id: model.id,
          kind: "model",
          label: model.id,
          detail: model.display_name,
          target: { page: "model", accountId, model: model.id },
        }),
      ),
  ];
}

export function everywhereHits({ keys, accounts, users }: Everywhere): Hit[] {
  return [
    ...keys.map((key) => keyHit(key, key.account_id, `${key.hint} · ${key.account_label}`)),
    ...accounts.map(
      (account): Hit => ({
        id: account.id,
        kind: "account",
        label: account.name || account.email,
        detail: account.email,
        target: { page: "operator-account", accountId: account.id },
      }),
    ),
    ...users.map(
      (user): Hit => ({
        id: user.id,
        kind: "user",
        label: user.name || user.email,
        detail: user.email,
        target: { page: "users", email: user.email },
      }),
    ),
  ];
}

/** Models as operators define them. */
export function catalogueHits(text: string, models: { id: string; display_name?: string | null }[]): Hit[] {
  return models
    .filter((model) => contains(text, model.id, model.display_name))
    .slice(0, PER_KIND_MAX)
    .map((model) => ({
      id: model.id,
      kind: "model",
      label: model.id,
      detail: model.display_name ?? "",
      target: { page: "operator-model", model: model.id },
    }));
}

/** The accounts of the reader's own. */
export function accountHits(text: string, accounts: { id: string; name: string }[]): Hit[] {
  return accounts
    .filter((account) => contains(text, account.id, account.name))
    .map((account) => ({
      id: account.id,
      kind: "account",
      label: account.name || account.id,
      detail: account.id,
      target: { page: "account", accountId: account.id },
    }));
}

/** A page of the menu. */
export interface MenuPage {
  /** Its name in the reader's language. */
  label: string;
  /** The part of the menu that it stands in. */
  group: string;
  target: Extract<Target, { to: string }>;
}

/** Pages by their names, also by those that stand in their addresses. */
export function pageHits(text: string, pages: MenuPage[]): Hit[] {
  return pages
    .filter(({ label, target }) => contains(text, label, target.to.split("/").at(-1)))
    .slice(0, PER_KIND_MAX)
    .map(({ label, group, target }) => ({ id: target.to, kind: "page", label, detail: group, target }));
}

/** Each thing once, where it was found first. */
export function distinct(hits: Hit[]): Hit[] {
  return [...new Map(hits.toReversed().map((hit) => [`${hit.kind} ${hit.id}`, hit])).values()].toReversed();
}

function keyHit(key: { id: string; name: string; hint: string }, accountId: string, detail: string): Hit {
  const target: Target = { page: "key", accountId, apiKeyId: key.id };
  return { id: key.id, kind: "key", label: key.name || key.hint, detail, target };
}
