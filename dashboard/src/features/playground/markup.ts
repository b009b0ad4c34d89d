// The little formatting that models write, as data. Whatever is not understood stays text; nothing becomes HTML.

export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "strong" | "em"; children: Inline[] }
  | { kind: "link"; href: string; children: Inline[] };

export type Block =
  | { kind: "code"; language: string; text: string }
  | { kind: "heading"; level: number; text: string }
  | { kind: "list"; isOrdered: boolean; start: number; items: string[] }
  | { kind: "quote"; text: string }
  | { kind: "table"; head: string[]; rows: string[][] }
  | { kind: "rule" }
  | { kind: "paragraph"; text: string };

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)[^`]*$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const ITEM = /^\s{0,6}(?:([-*+])|(\d{1,9})[.)])\s+(.*)$/;
const RULE = /^ {0,3}(?:-{3,}|\*{3,}|_{3,})\s*$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/** Cuts a text into blocks, line by line. */
export function parseBlocks(text: string): Block[] {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  const flush = () => {
    if (paragraph.length > 0) blocks.push({ kind: "paragraph", text: paragraph.join("\n") });
    paragraph = [];
  };
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    const fence = FENCE.exec(line);
    const heading = HEADING.exec(line);
    const item = ITEM.exec(line);
    if (fence) {
      flush();
      const read = readFence(lines, at + 1, fence[1] ?? "```");
      blocks.push({ kind: "code", language: fence[2] ?? "", text: read.text });
      at = read.next;
    } else if (line.trim() === "") {
      flush();
      at += 1;
    } else if (heading) {
      flush();
      blocks.push({ kind: "heading", level: heading[1]?.length ?? 1, text: heading[2] ?? "" });
      at += 1;
    } else if (RULE.test(line)) {
      flush();
      blocks.push({ kind: "rule" });
      at += 1;
    } else if (line.startsWith(">")) {
      flush();
      const quoted: string[] = [];
      while (lines[at]?.startsWith(">")) quoted.push((lines[at++] ?? "").replace(/^> ?/, ""));
      blocks.push({ kind: "quote", text: quoted.join("\n") });
    } else if (item && (paragraph.length === 0 || item[1] !== undefined)) {
      flush();
      const read = readList(lines, at);
      blocks.push(read.block);
      at = read.next;
    } else if (line.includes("|") && TABLE_RULE.test(lines[at + 1] ?? "") && lines[at + 1]?.includes("-")) {
      flush();
      const rows: string[][] = [];
      let next = at + 2;
      while (lines[next]?.includes("|")) rows.push(cells(lines[next++] ?? ""));
      blocks.push({ kind: "table", head: cells(line), rows });
      at = next;
    } else {
      paragraph.push(line);
      at += 1;
    }
  }
  flush();
  return blocks;
}

/** Up to the closing fence; an answer that is still coming may not have one yet. */
function readFence(lines: string[], from: number, fence: string): { text: string; next: number } {
  const end = lines.findIndex((line, index) => {
    const text = line.trim();
    return index >= from && text.length >= fence.length && text === (fence[0] ?? "`").repeat(text.length);
  });
  return end < 0
    ? { text: lines.slice(from).join("\n"), next: lines.length }
    : { text: lines.slice(from, end).join("\n"), next: end + 1 };
}

function readList(lines: string[], from: number): { block: Block; next: number } {
  const first = ITEM.exec(lines[from] ?? "");
  const isOrdered = first?.[2] !== undefined;
  const items: string[] = [];
  let at = from;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    const item = ITEM.exec(line);
    if (item && (item[2] !== undefined) === isOrdered) items.push(item[3] ?? "");
    else if (item || FENCE.test(line)) break;
    else if (line.trim() === "") {
      // A blank line goes on with the list only when another item follows.
      const next = ITEM.exec(lines[at + 1] ?? "");
      if (!next || (next[2] !== undefined) !== isOrdered) break;
    } else if (/^\s{2,}/.test(line)) items.push(`${items.pop() ?? ""}\n${line.trim()}`);
    else break;
    at += 1;
  }
  return { block: { kind: "list", isOrdered, start: Number(first?.[2] ?? 1), items }, next: at };
}

function cells(line: string): string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => cell.trim());
}

const INLINE =
  /(`+)([^`]|[^`][\s\S]{0,400}?[^`])\1(?!`)|\*\*(\S(?:[^\n]{0,400}?\S)?)\*\*|(?<![\w*])\*([^\s*](?:[^*\n]{0,300}?[^\s*])?)\*(?![\w*])|!?\[([^\]\n]{0,500})\]\(([^\s()]{1,2000})(?:\s+"[^"\n]{0,200}")?\)|(https?:\/\/[^\s<>"'`)\]]{1,2000}[^\s<>"'`)\].,;:!?])/g;
const DEPTH_MAX = 3;

export function parseInline(text: string, depth = 0): Inline[] {
  if (depth > DEPTH_MAX) return [{ kind: "text", text }];
  const parts: Inline[] = [];
  let from = 0;
  const plain = (until: number) => {
    if (until > from) parts.push({ kind: "text", text: text.slice(from, until) });
  };
  for (const match of text.matchAll(INLINE)) {
    const found = inlineOf(match, depth);
    if (found === null) continue;
    plain(match.index);
    parts.push(found);
    from = match.index + match[0].length;
  }
  plain(text.length);
  return parts;
}

function inlineOf(match: RegExpMatchArray, depth: number): Inline | null {
  const [, , code, strong, em, label, target, bare] = match;
  if (code !== undefined) return { kind: "code", text: code.trim() || code };
  if (strong !== undefined) return { kind: "strong", children: parseInline(strong, depth + 1) };
  if (em !== undefined) return { kind: "em", children: parseInline(em, depth + 1) };
  const href = safeLink(target ?? bare ?? "");
  if (href === null) return null;
  const children: Inline[] =
    label === undefined || label === "" ? [{ kind: "text", text: href }] : [{ kind: "text", text: label }];
  return { kind: "link", href, children };
}

/** Only what leads to another page. No script, no data, nothing relative to us. */
export function safeLink(target: string): string | null {
  if (!/^https?:\/\//i.test(target)) return null;
  try {
    return new URL(target).href;
  } catch {
    return null;
  }
}
