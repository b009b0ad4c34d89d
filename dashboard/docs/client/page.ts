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

/** A path of ours as browsers know it: below the path of the installation, which the server wrote into the page. */
export function publicPath(path: string): string {
  return (document.documentElement.dataset.base ?? "") + path;
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
