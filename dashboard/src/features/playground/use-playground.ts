import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { accountQuery, useAccount, useMe } from "@/api/session";
import type { ApiKeyResponse, ModelResponse } from "@/api/types";
import { allApiKeysQuery } from "@/features/api-keys/queries";
import { exampleModel } from "@/features/api-keys/shared/example-model";
import { useModels } from "@/features/models/queries";
import { isChat } from "@/features/models/shared/catalogue";
import { useSearchState } from "@/hooks/use-search-state";
import { playgroundStore } from "./store";

/** The account's conversation with the key and the model that it uses. */
export function usePlayground() {
  const me = useMe();
  const account = useAccount();
  const store = playgroundStore(me.user.id, account.id);
  const conversation = useSyncExternalStore(store.subscribe, store.get);
  const keys = useQuery(allApiKeysQuery(account.id));
  const models = useModels(account.id);
  const details = useQuery(accountQuery(account.id));
  const usableKeys = useMemo(() => keys.data?.filter(isUsable), [keys.data]);
  const chatModels = useMemo(() => models.data?.filter(isChat), [models.data]);
  const [search, setSearch] = useSearchState();

  const apiKey = usableKeys?.find((key) => key.id === conversation.apiKeyId) ?? null;
  useEffect(() => {
    if (apiKey !== null || !usableKeys || !chatModels) return;
    const last = usableKeys.find((key) => key.id === lastKeyId(account.id));
    const first = last ?? firstKey(usableKeys, chatModels);
    if (first) store.change({ apiKeyId: first.id });
  }, [apiKey, usableKeys, chatModels, account.id, store]);

  const wanted = search.model;
  useEffect(() => {
    if (wanted === undefined) return;
    store.change({ model: wanted });
    // Once taken, it goes: choosing another model must not be undone by a reload.
    void setSearch({ model: undefined }, { replace: true });
  }, [wanted, store, setSearch]);

  const model = chatModels?.find((one) => one.id === conversation.model) ?? null;
  const offered = useMemo(() => chatModels?.filter((one) => isOffered(one, apiKey)), [chatModels, apiKey]);
  useEffect(() => {
    if (wanted !== undefined || !offered || (model && conversation.model !== null)) return;
    const first = firstModel(offered, apiKey);
    if (first) store.change({ model: first.id });
  }, [wanted, offered, model, conversation.model, apiKey, store]);

  return {
    account,
    store,
    conversation,
    keys,
    models,
    usableKeys,
    chatModels,
    offered,
    apiKey,
    model,
    priceFactorPercent: details.data?.tier.price_factor_percent ?? 100,
    chooseKey: (id: string) => {
      rememberKey(account.id, id);
      store.change({ apiKeyId: id });
    },
  };
}

export type Playground = ReturnType<typeof usePlayground>;

function isUsable(key: ApiKeyResponse): boolean {
  return key.status === "active" || key.status === "expiring";
}

function isOffered(model: ModelResponse, key: ApiKeyResponse | null): boolean {
  return model.is_available && (key?.environment !== "test" || model.serves_test_keys !== false);
}

/** What a conversation begins with: a key that may chat with some model and is not frozen, if there is one. */
function firstKey(keys: ApiKeyResponse[], models: ModelResponse[]): ApiKeyResponse | undefined {
  const chats = (key: ApiKeyResponse) =>
    key.quarantine?.state !== "frozen" && models.some((model) => mismatch(key, model) === null);
  return keys.find(chats) ?? keys[0];
}

/** The model that samples call too, of those that work with this key, if there is one. */
function firstModel(offered: ModelResponse[], key: ApiKeyResponse | null): ModelResponse | undefined {
  const working = offered.filter((one) => !one.is_failing && mismatch(key, one) === null);
  const example = exampleModel(working, key?.environment);
  return working.find((one) => one.id === example) ?? working[0] ?? offered[0];
}

/** Why this key cannot call this model, before the server has to say so. */
export function mismatch(
  key: ApiKeyResponse | null,
  model: ModelResponse | null,
): "testKey" | "modelRestricted" | "endpointRestricted" | "unavailable" | null {
  if (!key || !model) return null;
  if (!model.is_available) return "unavailable";
  if (key.environment === "test" && model.serves_test_keys === false) return "testKey";
  const { models, endpoints } = key.restrictions;
  const isListed = models?.some(
    (one) => one === model.id || one.includes("*") || model.aliases?.includes(one),
  );
  if (models && !isListed) return "modelRestricted";
  if (endpoints && !endpoints.some((one) => one.includes("chat") || one.includes("*"))) {
    return "endpointRestricted";
  }
  return null;
}

const LAST_KEY = "yunxin-playground-key:";

function rememberKey(accountId: string, id: string): void {
  try {
    localStorage.setItem(LAST_KEY + accountId, id);
  } catch {
    // Storage may be switched off; the first key is then the default.
  }
}

function lastKeyId(accountId: string): string | null {
  try {
    return localStorage.getItem(LAST_KEY + accountId);
  } catch {
    return null;
  }
}
