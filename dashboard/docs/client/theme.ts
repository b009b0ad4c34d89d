// Light, dark or as the system: the choice is the Dashboard's too, and `/color-scheme.js` reads it before the first paint.
import { all, remember, remembered } from "./page";

const NAME = "yunxin-theme";

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
      remember(NAME, button.dataset.theme ?? "auto");
      show();
    });
  }
  system.addEventListener("change", show);
  addEventListener("storage", show);
  show();
}
