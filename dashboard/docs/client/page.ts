// The page that this runs in.

export function all<T extends HTMLElement = HTMLElement>(
  selector: string,
  within: ParentNode = document,
): T[] {
  return [...within.querySelectorAll<T>(selector)];
}

export function one<T extends HTMLElement = HTMLElement>(
  selector: string,
  within: ParentNode = document,
): T | null {
  return within.querySelector<T>(selector);
}

/** A word of the page's language. */
export function word(name: string): string {
  return document.getElementById("texts")?.dataset[name] ?? "";
}

export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    // Storage may be switched off; then nothing is remembered.
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // As above.
  }
}
