// Samples in several languages: one is shown, and the choice holds on every page.
import { all, remember, remembered, word } from "./page";

const NAME = "yunxin-code-language";

export function startTabs(): void {
  const groups = all(".tabs").map(makeGroup);
  const show = (choice: string) => {
    for (const group of groups) group(choice);
  };
  document.addEventListener("code-language", (event) => {
    const choice = (event as CustomEvent<string>).detail;
    remember(NAME, choice);
    show(choice);
  });
  addEventListener("storage", (event) => {
    if (event.key === NAME && event.newValue) show(event.newValue);
  });
  show(remembered(NAME) ?? "");
}

/** Turns the panels of a group into tabs; what it returns shows one of them. */
function makeGroup(group: HTMLElement, place: number): (choice: string) => void {
  const panels = all(":scope > [data-tab]", group);
  const list = document.createElement("div");
  list.className = "tab-list";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", word("codeLanguage"));
  const tabs = panels.map((panel, index) => makeTab(panel, `tab-${place}-${index}`));
  list.append(...tabs);
  list.addEventListener("keydown", (event) => move(event, tabs));
  group.prepend(list);
  group.classList.add("ready");
  return (choice) => {
    const found = panels.findIndex((panel) => panel.dataset.tab === choice);
    const shown = Math.max(found, 0);
    for (const [index, panel] of panels.entries()) {
      const isShown = index === shown;
      panel.hidden = !isShown;
      tabs[index]?.setAttribute("aria-selected", String(isShown));
      if (tabs[index]) tabs[index].tabIndex = isShown ? 0 : -1;
    }
  };
}

function makeTab(panel: HTMLElement, id: string): HTMLButtonElement {
  const tab = document.createElement("button");
  tab.type = "button";
  tab.id = id;
  tab.setAttribute("role", "tab");
  tab.setAttribute("aria-controls", `${id}-panel`);
  tab.textContent = panel.dataset.tab ?? "";
  panel.id = `${id}-panel`;
  panel.setAttribute("role", "tabpanel");
  panel.setAttribute("aria-labelledby", id);
  tab.addEventListener("click", () => {
    // Panels of other groups may be higher or lower: what was clicked stays where it is.
    const before = tab.getBoundingClientRect().top;
    document.dispatchEvent(new CustomEvent("code-language", { detail: tab.textContent }));
    scrollBy({ top: tab.getBoundingClientRect().top - before, behavior: "instant" });
  });
  return tab;
}

function move(event: KeyboardEvent, tabs: HTMLButtonElement[]): void {
  const at = tabs.indexOf(event.target as HTMLButtonElement);
  const places: Record<string, number> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    Home: 0,
    End: tabs.length - 1,
  };
  const to = places[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  const tab = tabs[(to + tabs.length) % tabs.length];
  tab?.click();
  tab?.focus();
}
