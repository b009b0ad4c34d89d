// One file per language and feature, loaded when a page first asks for it.

import i18next, { type BackendModule, type ResourceKey } from "i18next";
import { initReactI18next } from "react-i18next";
import type { Language } from "@/api/types";
import { detectLanguage, LANGUAGES, storeLanguage } from "./languages";

const files = import.meta.glob<ResourceKey>("../locales/*/*.json", { import: "default" });

const backend: BackendModule = {
  type: "backend",
  init: () => undefined,
  read: (language, namespace, done) => {
    const load = files[`../locales/${language}/${namespace}.json`];
    if (!load) {
      done(new Error(`no texts for ${language}/${namespace}`), null);
      return;
    }
    load().then(
      (texts) => done(null, texts as Record<string, unknown>),
      (error: Error) => done(error, null),
    );
  },
};

export async function startI18n(): Promise<void> {
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: detectLanguage(),
      supportedLngs: LANGUAGES.map((language) => language.value),
      load: "currentOnly",
      // The three languages have the same keys (a test holds it), so nothing is ever missing.
      fallbackLng: false,
      ns: ["common"],
      defaultNS: "common",
      interpolation: { escapeValue: false },
      returnNull: false,
    });
  reflectLanguage();
  i18next.on("languageChanged", reflectLanguage);
}

/** Fetches texts before the page that says them is there to ask. */
export function beginTexts(namespace: string): void {
  // What fails here is asked for, and said, by the page.
  files[`../locales/${detectLanguage()}/${namespace}.json`]?.().catch(() => undefined);
}

export async function changeLanguage(language: Language): Promise<void> {
  storeLanguage(language);
  if (i18next.language !== language) await i18next.changeLanguage(language);
}

function reflectLanguage(): void {
  document.documentElement.lang = i18next.language;
}
