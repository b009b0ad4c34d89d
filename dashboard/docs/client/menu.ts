// The navigation as a drawer, where the screen has no room for it beside the article.
import { one } from "./page";

export function startMenu(): void {
  const button = one<HTMLButtonElement>(".menu");
  const nav = document.getElementById("navigation");
  if (!button || !nav) return;
  const narrow = matchMedia("(max-width: 59.99em)");
  let isOpen = false;
  const show = () => {
    const isDrawer = narrow.matches;
    document.documentElement.classList.toggle("menu-open", isDrawer && isOpen);
    button.setAttribute("aria-expanded", String(isDrawer && isOpen));
    nav.inert = isDrawer && !isOpen;
    const main = document.getElementById("main");
    if (main) main.inert = isDrawer && isOpen;
  };
  const set = (open: boolean) => {
    isOpen = open;
    show();
  };
  button.addEventListener("click", () => {
    set(!isOpen);
    if (isOpen) one("a[aria-current]", nav)?.focus();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen) return;
    set(false);
    button.focus();
  });
  document.addEventListener("click", (event) => {
    const target = event.target as Node;
    if (isOpen && !nav.contains(target) && !button.contains(target)) set(false);
  });
  narrow.addEventListener("change", show);
  show();
  one("a[aria-current]", nav)?.scrollIntoView({ block: "nearest" });
}
