// The dialog of the search. What is searched, and what searches, is loaded when it is first opened.
import { one, publicPath, word } from "./page";
import type { Found } from "./search-index";

const WAIT_MS = 60;

export function startSearch(): void {
  const dialog = one<HTMLDialogElement>("dialog.search");
  const input = dialog && one<HTMLInputElement>("input", dialog);
  const list = document.getElementById("search-results");
  const note = dialog && one(".search-note", dialog);
  if (!dialog || !input || !list || !note) return;

  const open = () => {
    if (dialog.open) return;
    dialog.showModal();
    input.select();
    void load().catch(() => undefined);
  };
  one(".search-button")?.addEventListener("click", open);
  addEventListener("keydown", (event) => {
    const isSlash = event.key === "/" && !isTyping(event.target);
    if (!isSlash && !(event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) return;
    event.preventDefault();
    open();
  });
  one(".search-close", dialog)?.addEventListener("click", () => dialog.close());
  // A click beside the dialog's content is one on the dialog itself.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  list.addEventListener("click", () => dialog.close());

  let timer: ReturnType<typeof setTimeout> | undefined;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => void search(input, list, note), WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    // A field for searches would only empty itself.
    if (event.key === "Escape") {
      event.preventDefault();
      dialog.close();
    }
    move(event, input, list);
  });
}

let index: Promise<(query: string) => Found[]> | null = null;

function load(): Promise<(query: string) => Found[]> {
  index ??= import("./search-index").then(({ createIndex }) =>
    createIndex(document.body.dataset.search ?? "", document.documentElement.lang),
  );
  // What failed is tried again at the next letter.
  index.catch(() => {
    index = null;
  });
  return index;
}

async function search(input: HTMLInputElement, list: HTMLElement, note: HTMLElement): Promise<void> {
  const query = input.value.trim();
  let found: Found[] = [];
  try {
    found = query === "" ? [] : (await load())(query);
  } catch {
    note.textContent = word("searchFailed");
    return;
  }
  if (input.value.trim() !== query) return;
  list.replaceChildren(...found.map(entry));
  const count = found.length === 0 ? word("searchNone") : `${found.length} ${word("searchCount")}`;
  note.textContent = query === "" ? "" : count;
  select(input, list, 0);
}

function entry({ address, page, heading, excerpt }: Found, place: number): HTMLElement {
  const link = document.createElement("a");
  link.id = `search-result-${place}`;
  link.href = publicPath(address);
  link.tabIndex = -1;
  link.setAttribute("role", "option");
  const part = (tag: string, className: string, text: string) => {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
  };
  link.append(
    part("b", "search-title", heading || page),
    part("span", "search-page", heading ? page : ""),
    part("span", "search-text", excerpt),
  );
  return link;
}

function move(event: KeyboardEvent, input: HTMLInputElement, list: HTMLElement): void {
  const items = [...list.children] as HTMLElement[];
  const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    select(input, list, at + (event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Enter" && at >= 0) {
    event.preventDefault();
    items[at]?.click();
  }
}

function select(input: HTMLInputElement, list: HTMLElement, place: number): void {
  const items = [...list.children];
  const at = items.length === 0 ? -1 : (place + items.length) % items.length;
  for (const [index, item] of items.entries()) item.setAttribute("aria-selected", String(index === at));
  if (at >= 0) input.setAttribute("aria-activedescendant", `search-result-${at}`);
  else input.removeAttribute("aria-activedescendant");
  items[at]?.scrollIntoView({ block: "nearest" });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}
