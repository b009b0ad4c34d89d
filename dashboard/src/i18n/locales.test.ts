import { describe, expect, it } from "vitest";
import { LANGUAGES } from "./languages";

type Texts = { [key: string]: string | Texts };

const files = import.meta.glob<Texts>("../locales/*/*.json", { import: "default", eager: true });
const namespaces = [...new Set(Object.keys(files).map((path) => path.split("/").at(-1) ?? ""))];

describe.each(namespaces)("the texts of %s", (namespace) => {
  const english = flatten(files[`../locales/en/${namespace}`] ?? {});

  it.each(LANGUAGES.map((language) => language.value))("are complete in %s", (language) => {
    const texts = flatten(files[`../locales/${language}/${namespace}`] ?? {});
    // Chinese has one plural form: `_one` has no counterpart there.
    expect(base(texts)).toEqual(base(english));
    for (const [key, text] of texts) {
      expect(text.trim(), `${language}/${namespace}: ${key}`).not.toBe("");
      expect(placeholders(text), `${language}/${namespace}: ${key}`).toEqual(
        placeholders(english.get(key) ?? ""),
      );
    }
  });
});

function flatten(texts: Texts, prefix = "", into = new Map<string, string>()): Map<string, string> {
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === "string") into.set(prefix + key, value);
    else flatten(value, `${prefix}${key}.`, into);
  }
  return into;
}

function base(texts: Map<string, string>): string[] {
  return [...texts.keys()].filter((key) => !key.endsWith("_one")).sort();
}

function placeholders(text: string): string[] {
  return [
    ...new Set(
      [...text.matchAll(/\{\{\s*(\w+)[^}]*\}\}|<(\w+)>/g)].map((match) => match[1] ?? match[2] ?? ""),
    ),
  ].sort();
}
