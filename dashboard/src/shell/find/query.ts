// What a text in the palette is: an id, an address, a secret, or a part of a name.

const REQUEST_ID = /^req_[0-9a-f]{8,}$/;
const ORDER_ID = /^ord_[0-9a-f]{8,}$/;
const SECRET = /^(yx-)?([A-Za-z0-9]{4})[A-Za-z0-9_-]{8,}([A-Za-z0-9]{4})$/;
/** Shorter texts are part of everything. */
export const QUERY_CHARS_MIN = 2;

export interface FindQuery {
  /** What lists are searched for: never a whole secret. */
  text: string;
  requestId: string | null;
  orderId: string | null;
}

export function readQuery(typed: string): FindQuery {
  // A hint may come with the one character that editors make of three dots.
  const text = typed.trim().replace("…", "...");
  return {
    text: hintOf(text) ?? text,
    requestId: idIn(text, REQUEST_ID),
    orderId: idIn(text, ORDER_ID),
  };
}

function idIn(text: string, shape: RegExp): string | null {
  return shape.test(text.toLowerCase()) ? text.toLowerCase() : null;
}

/** An id that needs no search: it says what it is of. */
export function isWholeId({ requestId, orderId }: FindQuery): boolean {
  return requestId !== null || orderId !== null;
}

/** The hint of a key whose secret was pasted: it must not leave the browser, and its ends tell which key it is. */
function hintOf(text: string): string | null {
  if (!text.startsWith("yx-")) return null;
  const parts = SECRET.exec(text);
  return parts === null ? null : `yx-${parts[2]}...${parts[3]}`;
}

export function contains(text: string, ...fields: (string | null | undefined)[]): boolean {
  const wanted = text.toLowerCase();
  return fields.some((field) => field?.toLowerCase().includes(wanted));
}
