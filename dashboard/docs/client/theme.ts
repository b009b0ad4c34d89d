// Light, dark or as the system: the choice is the Dashboard's too, and `/color-scheme.js` reads it before the first paint.
import { all, one, remember, remembered } from "./page";

const NAME = "yunxin-theme";
const CHOICES = ["light", "dark", "auto"];

export function startTheme(): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    const choice = remembered(NAME) ?? "auto";
    const isDark = choice === "dark" || (choice === "auto" && system.matches);
    document.documentElement.dataset.mantineColorScheme = isDark ? "dark" : "light";
    for (const button of all("[data-theme]")) {
      button.setAttribute("aria-pressed", String(button.dataset.theme === choice));
    }
  };
  for (const button of all("[data-theme]")) {
    button.addEventListener("click", () => {
      const choice = button.dataset.theme ?? "auto";
      const isChosen = button.getAttribute("aria-pressed") === "true";
      // Narrow screens show the chosen one only: it goes on to the next.
      const next = isChosen ? (CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length] ?? "auto") : choice;
      remember(NAME, next);
      show();
      one(`[data-theme=${next}]`)?.focus();
    });
  }
  system.addEventListener("change", show);
  addEventListener("storage", show);
  show();
}
