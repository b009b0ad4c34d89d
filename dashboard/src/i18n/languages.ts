import type { Language } from "@/api/types";
import { publicPath } from "@/base-path";

export const LANGUAGES: { value: Language; label: string }[] = [
  { value: "en", label: "English" },
  { value: "zh-CN", label: "简体中文" },
  { value: "zh-TW", label: "繁體中文" },
];

const STORAGE_KEY = "yunxin-language";

/** The language to begin with: the stored choice, else the browser's first that we have, else English. */
export function detectLanguage(): Language {
  const stored = readStored();
  if (stored) return stored;
  for (const tag of navigator.languages) {
    const language = matchLanguage(tag);
    if (language) return language;
  }
  return "en";
}

/** The cookie is for the documentation, whose pages the server words. */
export function storeLanguage(language: Language): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere yet
  document.cookie = `${STORAGE_KEY}=${language}; path=${publicPath("/")}; max-age=31536000; samesite=lax`;
  try {
    localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // Storage may be switched off; the choice then lasts as long as the page.
  }
}

export function matchLanguage(tag: string): Language | null {
  const lower = tag.toLowerCase();
  if (lower.startsWith("zh")) return /hant|tw|hk|mo/.test(lower) ? "zh-TW" : "zh-CN";
  if (lower.startsWith("en")) return "en";
  return null;
}

function readStored(): Language | null {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return LANGUAGES.find((language) => language.value === stored)?.value ?? null;
  } catch {
    return null;
  }
}
