// `> [!NOTE]` and its kin: a block quote whose first line says what it is.

const KIND = /^\[!(NOTE|TIP|WARNING|IMPORTANT|CAUTION)\]\s*/;
/** The kinds that look alike. */
const LOOKS = { NOTE: "note", IMPORTANT: "note", TIP: "tip", WARNING: "warning", CAUTION: "warning" };

export function callouts(state) {
  const open = [];
  for (const [index, token] of state.tokens.entries()) {
    if (token.type === "blockquote_open") open.push(begin(state, index, token));
    if (token.type !== "blockquote_close") continue;
    if (open.pop()) token.tag = "div";
  }
}

function begin(state, index, token) {
  const inline = state.tokens[index + 2];
  const [mark, kind] = (inline?.type === "inline" && KIND.exec(inline.content)) || [];
  if (!kind) return false;
  const look = LOOKS[kind];
  // A note, not an aside: that would be a landmark, of which no two have one name.
  token.tag = "div";
  token.attrSet("role", "note");
  token.attrSet("class", `callout ${look}`);
  token.attrSet("aria-label", `{{t.${look}}}`);
  inline.content = inline.content.slice(mark.length);
  inline.children = [];
  state.md.inline.parse(inline.content, state.md, state.env, inline.children);
  return true;
}
