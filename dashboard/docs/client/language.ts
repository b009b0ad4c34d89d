// The language around the articles. The server words the page by the cookie; the Dashboard shares the choice.
import { one, publicPath, remember, remembered } from "./page";

const NAME = "yunxin-language";
const LANGUAGES = ["en", "zh-CN", "zh-TW"];

export function startLanguage(): void {
  const now = document.documentElement.lang;
  const select = one<HTMLSelectElement>("select[name=language]");
  if (select) {
    select.value = now;
    select.addEventListener("change", () => choose(select.value));
  }
  const asked = new URLSearchParams(location.search).get("lang");
  const known = remembered(NAME);
  if (asked !== null && LANGUAGES.includes(asked)) {
    keep(asked);
  } else if (known !== null && LANGUAGES.includes(known) && known !== now && !hasCookie(known)) {
    // Chosen in the Dashboard before it set the cookie.
    keep(known);
    if (hasCookie(known)) location.reload();
  }
}

function choose(language: string): void {
  keep(language);
  const url = new URL(location.href);
  if (hasCookie(language)) url.searchParams.delete("lang");
  else url.searchParams.set("lang", language);
  if (url.href === location.href) location.reload();
  else location.replace(url);
}

function keep(language: string): void {
  remember(NAME, language);
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere yet
  document.cookie = `${NAME}=${language}; path=${publicPath("/")}; max-age=31536000; samesite=lax`;
}

function hasCookie(language: string): boolean {
  return document.cookie.split("; ").includes(`${NAME}=${language}`);
}
