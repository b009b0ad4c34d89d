import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { useCurrentAccount, useMe } from "@/api/session";
import { allApiKeysQuery } from "@/features/api-keys/queries";
import { membersQuery } from "@/features/members/queries";
import { operatorModelsQuery, useModels } from "@/features/models/queries";
import {
  accountHits,
  catalogueHits,
  distinct,
  everywhereHits,
  type Hit,
  ownHits,
  pageHits,
  type Target,
} from "./hits";
import { type FindQuery, isWholeId, QUERY_CHARS_MIN } from "./query";
import { useMenuPages } from "./use-menu-pages";

const EVERYWHERE_MAX = 5;

/** What the text finds: in the account of the page, and for operators everywhere. */
export function useHits(query: FindQuery): { hits: Hit[]; isSearching: boolean } {
  const { t } = useTranslation("find");
  const me = useMe();
  const isOperator = me.user.is_operator;
  const accountId = useCurrentAccount()?.id ?? "";
  const isWorthIt = query.text.length >= QUERY_CHARS_MIN && !isWholeId(query);
  const isInAccount = useParams({ strict: false }).accountId !== undefined;
  const isInside = isWorthIt && accountId !== "";
  const keys = useQuery({ ...allApiKeysQuery(accountId), enabled: isInside });
  const members = useQuery({ ...membersQuery(accountId), enabled: isInside });
  const models = useModels(accountId, isInside);
  const catalogue = useQuery({ ...operatorModelsQuery, enabled: isWorthIt && isOperator });
  const pages = useMenuPages(accountId, isOperator);
  const everywhere = useQuery({ ...everywhereQuery(query.text), enabled: isWorthIt && isOperator });

  const hits = useMemo((): Hit[] => {
    const { requestId, orderId, text } = query;
    if (requestId !== null) {
      const target: Target = isOperator
        ? { page: "operator-receipt", requestId }
        : { page: "receipt", accountId, requestId };
      return [{ id: requestId, kind: "request", label: requestId, detail: t("openRequest"), target }];
    }
    if (orderId !== null) {
      const target: Target = isOperator
        ? { page: "operator-order", orderId }
        : { page: "order", accountId, orderId };
      return [{ id: orderId, kind: "order", label: orderId, detail: t("openOrder"), target }];
    }
    if (!isWorthIt) return [];
    const own = {
      accountId,
      keys: keys.data ?? [],
      members: members.data ?? [],
      models: models.data ?? [],
    };
    // A model of an account's page is that of the account, anywhere else that of the catalogue.
    const defined = catalogueHits(text, catalogue.data ?? []);
    const found = isInAccount ? [...ownHits(text, own), ...defined] : [...defined, ...ownHits(text, own)];
    return distinct([
      ...found,
      ...(everywhere.data ? everywhereHits(everywhere.data) : []),
      ...(isOperator ? [] : accountHits(text, me.accounts)),
      ...pageHits(text, pages),
    ]);
  }, [
    query,
    isWorthIt,
    isOperator,
    isInAccount,
    accountId,
    keys.data,
    members.data,
    models.data,
    catalogue.data,
    everywhere.data,
    pages,
    me,
    t,
  ]);
  return { hits, isSearching: [keys, members, models, catalogue, everywhere].some((one) => one.isFetching) };
}

/** What an operator finds in all accounts. */
function everywhereQuery(text: string) {
  return queryOptions({
    queryKey: ["operator", "find", text],
    queryFn: async ({ signal }) => {
      const query = { query: text, limit: EVERYWHERE_MAX };
      const [keys, accounts, users] = await Promise.all([
        api.get("/admin/api-keys", { query, signal }),
        api.get("/admin/accounts", { query, signal }),
        api.get("/admin/users", { query, signal }),
      ]);
      return { keys: keys.data, accounts: accounts.data, users: users.data };
    },
    staleTime: 10_000,
    placeholderData: keepPreviousData,
  });
}

/** Goes to what was found. */
export function useOpenTarget(): (target: Target) => void {
  const navigate = useNavigate();
  return (target) => {
    switch (target.page) {
      case "receipt": {
        const { accountId, requestId } = target;
        return void navigate({ to: "/a/$accountId/requests/$requestId", params: { accountId, requestId } });
      }
      case "operator-receipt":
        return void navigate({
          to: "/operator/requests/$requestId",
          params: { requestId: target.requestId },
        });
      case "order": {
        const { accountId, orderId } = target;
        return void navigate({
          to: "/a/$accountId/billing",
          params: { accountId },
          search: { order: orderId },
        });
      }
      case "operator-order":
        return void navigate({ to: "/operator/orders/$id", params: { id: target.orderId } });
      case "account-page":
        return void navigate({ to: target.to, params: { accountId: target.accountId } });
      case "operator-page":
        return void navigate({ to: target.to });
      case "key": {
        const { accountId, apiKeyId } = target;
        return void navigate({ to: "/a/$accountId/api-keys/$apiKeyId", params: { accountId, apiKeyId } });
      }
      case "account":
        return void navigate({ to: "/a/$accountId/overview", params: { accountId: target.accountId } });
      case "operator-account":
        return void navigate({ to: "/operator/accounts/$id", params: { id: target.accountId } });
      case "members":
        return void navigate({
          to: "/a/$accountId/settings/members",
          params: { accountId: target.accountId },
        });
      case "users":
        return void navigate({ to: "/operator/users", search: { query: target.email } });
      case "model":
        return void navigate({
          to: "/a/$accountId/models/$",
          params: { accountId: target.accountId, _splat: target.model },
        });
      case "operator-model":
        return void navigate({ to: "/operator/models/$", params: { _splat: target.model } });
    }
  };
}
