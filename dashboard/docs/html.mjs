// Text into HTML.

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export function escapeHtml(text) {
  return String(text).replaceAll(/[&<>"]/g, (letter) => ENTITIES[letter]);
}

/** The anchor of a heading: `Invalid key` is `invalid-key`, and `rate_limit_exceeded` stays as it is. */
export function anchorOf(text) {
  const anchor = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_]+/gu, "-")
    .replaceAll(/^-+|-+$/g, "");
  return anchor || "section";
}

/** Gives each anchor of a page once: a second `example` is `example-2`. */
export function anchors() {
  const seen = new Map();
  return (text) => {
    const anchor = anchorOf(text);
    const count = (seen.get(anchor) ?? 0) + 1;
    seen.set(anchor, count);
    return count === 1 ? anchor : `${anchor}-${count}`;
  };
}
