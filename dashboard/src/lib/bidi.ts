const DIRECTED = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufefc]/;
const ISOLATE = "\u2068";
const END = "\u2069";

/** Text of a customer's inside a sentence of ours: what turns its direction must not turn the sentence. */
export function isolated(text: string): string {
  return DIRECTED.test(text) ? ISOLATE + text + END : text;
}
