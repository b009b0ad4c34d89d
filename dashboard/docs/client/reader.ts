// The samples of somebody who is signed in name the models that their account reaches.
import { all, one, publicPath, remember, remembered } from "./page";

type Kind = "chat" | "embedding";

interface Model {
  id: string;
  model_type: string;
  is_available: boolean;
}

const PAGES_MAX = 5;

export async function startReader(): Promise<void> {
  const bar = one(".reader");
  // Only a browser with a session asks: whoever reads anonymously makes no request that is refused.
  if (!bar || document.body.dataset.session !== "yes") return;
  const account = await accountId();
  if (account === null) return;
  const models = await modelsOf(account);
  const isShown = (["chat", "embedding"] as const).map((kind) => offer(bar, kind, models)).some(Boolean);
  bar.hidden = !isShown;
}

async function accountId(): Promise<string | null> {
  const me = await get<{ accounts: { id: string }[] }>("/api/v1/me");
  const last = remembered("yunxin-account");
  const accounts = me?.accounts ?? [];
  return (accounts.find(({ id }) => id === last) ?? accounts[0])?.id ?? null;
}

async function modelsOf(account: string): Promise<Model[]> {
  const models: Model[] = [];
  let cursor = "";
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const path = `/api/v1/accounts/${encodeURIComponent(account)}/models?limit=200${cursor}`;
    const answer = await get<{ data: Model[]; next_cursor: string | null }>(path);
    models.push(...(answer?.data ?? []));
    if (!answer?.next_cursor) break;
    cursor = `&cursor=${encodeURIComponent(answer.next_cursor)}`;
  }
  return models.filter((model) => model.is_available);
}

/** Fills a list and lets it change the samples; whether there is anything to choose. */
function offer(bar: HTMLElement, kind: Kind, models: Model[]): boolean {
  const select = one<HTMLSelectElement>(`select[name=${kind}]`, bar);
  const samples = all(`[data-model=${kind}]`);
  const ids = models.filter((model) => model.model_type === kind).map((model) => model.id);
  const label = select?.closest("label");
  if (!select || !label) return false;
  label.hidden = samples.length === 0 || ids.length === 0;
  if (label.hidden) return false;
  const printed = samples[0]?.textContent ?? "";
  const options = ids.includes(printed) ? ids : [printed, ...ids];
  select.replaceChildren(...options.map((id) => new Option(id, id)));
  const name = `yunxin-docs-${kind}-model`;
  const known = remembered(name);
  const show = (id: string) => {
    for (const sample of samples) sample.textContent = id;
  };
  if (known !== null && ids.includes(known)) {
    select.value = known;
    show(known);
  }
  select.addEventListener("change", () => {
    remember(name, select.value);
    show(select.value);
  });
  return true;
}

async function get<T>(path: string): Promise<T | null> {
  try {
    const answer = await fetch(publicPath(path));
    return answer.ok ? ((await answer.json()) as T) : null;
  } catch {
    return null;
  }
}
