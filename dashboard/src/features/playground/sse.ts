// Server-sent events, cut out of bytes as they come. Events and letters may be split anywhere.

/** An event longer than this is no event of a chat. */
const EVENT_CHARS_MAX = 4_000_000;

export class SseDecoder {
  private readonly text = new TextDecoder();
  private rest = "";
  private data: string[] = [];
  private size = 0;

  /** The data of every event that these bytes complete. */
  take(bytes: Uint8Array): string[] {
    return this.read(this.text.decode(bytes, { stream: true }));
  }

  /** The data of an event that the stream ended without closing. */
  end(): string[] {
    return [...this.read(this.text.decode()), ...this.read("\n\n")];
  }

  private read(text: string): string[] {
    const events: string[] = [];
    this.rest += text;
    let start = 0;
    for (;;) {
      const found = nextLineEnd(this.rest, start);
      if (found === null) break;
      this.line(this.rest.slice(start, found.at), events);
      start = found.next;
    }
    this.rest = this.rest.slice(start);
    if (this.rest.length + this.size > EVENT_CHARS_MAX) throw new Error("an event of the stream is too long");
    return events;
  }

  private line(line: string, events: string[]): void {
    if (line === "") {
      if (this.data.length > 0) events.push(this.data.join("\n"));
      this.data = [];
      this.size = 0;
      return;
    }
    // Comments (heartbeats) and the fields event, id and retry say nothing in this protocol.
    if (!line.startsWith("data:")) return;
    const value = line.startsWith("data: ") ? line.slice(6) : line.slice(5);
    this.data.push(value);
    this.size += value.length;
  }
}

/** Lines end with LF, CRLF or CR. A CR at the very end waits: an LF may follow it. */
function nextLineEnd(text: string, from: number): { at: number; next: number } | null {
  for (let at = from; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === "\n") return { at, next: at + 1 };
    if (letter === "\r") {
      if (at + 1 === text.length) return null;
      return { at, next: text[at + 1] === "\n" ? at + 2 : at + 1 };
    }
  }
  return null;
}
