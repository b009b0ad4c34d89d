// One file per language and feature, loaded when a page first asks for it.

import i18next, { type BackendModule, type ResourceKey } from "i18next";
import { initReactI18next } from "react-i18next";
import type { Language } from "@/api/types";
import { detectLanguage, LANGUAGES, storeLanguage } from "./languages";
import { laterFile } from "./text-files";

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

/** Begins with the texts that come in one file, so that no page waits for each of them in turn; `more` are those that the first page has beside them. */
export async function startI18n(more: readonly string[] = []): Promise<void> {
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: detectLanguage(),
      supportedLngs: LANGUAGES.map((language) => language.value),
      load: "currentOnly",
      // The three languages have the same keys (a test holds it), so nothing is ever missing.
      fallbackLng: false,
      ns: [...textsAtOnce(), ...more],
      defaultNS: "common",
      interpolation: { escapeValue: false },
      returnNull: false,
    });
  reflectLanguage();
  i18next.on("languageChanged", reflectLanguage);
}

function textsAtOnce(): string[] {
  const names = Object.keys(files).map((path) => path.replace(/^.*\/|\.json$/g, ""));
  return [...new Set(names)].filter((name) => laterFile(name) === null);
}

export async function changeLanguage(language: Language): Promise<void> {
  storeLanguage(language);
  if (i18next.language !== language) await i18next.changeLanguage(language);
}

function reflectLanguage(): void {
  document.documentElement.lang = i18next.language;
}
