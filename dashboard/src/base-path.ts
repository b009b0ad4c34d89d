// The path below which this installation is served (`accounts.public_url`): empty, or "/llm". The server writes it into
// the document. The router knows it and adds it to its links; whatever goes past the router adds it here.

export function basePath(): string {
  return document.documentElement.dataset.base ?? "";
}

/** A path of ours as browsers know it. */
export function publicPath(path: string): string {
  return basePath() + path;
}

/** A path as browsers know it, as the router knows it. */
export function innerPath(path: string): string {
  const base = basePath();
  return base !== "" && isBelow(path, base) ? path.slice(base.length) || "/" : path;
}

/** Where a page outside of the base path is inside; `null` when it is inside. */
export function placeInside({ pathname, search, hash }: Location): string | null {
  const base = basePath();
  return base === "" || isBelow(pathname, base) ? null : base + pathname + search + hash;
}

function isBelow(path: string, base: string): boolean {
  return path.startsWith(base) && /^(?:[/?#]|$)/.test(path.slice(base.length));
}
