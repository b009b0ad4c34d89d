import { describe, expect, it } from "vitest";
import { SseDecoder } from "./sse";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("the decoder of server-sent events", () => {
  const stream = ': heartbeat\n\ndata: {"a":"云信"}\r\n\r\nevent: x\ndata: one\ndata: two\n\ndata:[DONE]\n\n';
  const events = ['{"a":"云信"}', "one\ntwo", "[DONE]"];

  it("finds the same events wherever the bytes are cut", () => {
    const all = bytes(stream);
    for (const size of [1, 2, 3, 7, all.length]) {
      const decoder = new SseDecoder();
      const found: string[] = [];
      for (let at = 0; at < all.length; at += size) found.push(...decoder.take(all.slice(at, at + size)));
      found.push(...decoder.end());
      expect(found, `in pieces of ${size}`).toEqual(events);
    }
  });

  it("gives the last event of a stream that does not close it", () => {
    const decoder = new SseDecoder();
    expect(decoder.take(bytes("data: half"))).toEqual([]);
    expect(decoder.end()).toEqual(["half"]);
  });

  it("refuses an event without an end", () => {
    const decoder = new SseDecoder();
    const piece = bytes("x".repeat(1_000_000));
    expect(() => {
      for (let count = 0; count < 6; count += 1) decoder.take(piece);
    }).toThrow("too long");
  });
});
