// The longest text that the server takes, for fields: nothing can be typed that is refused for its length.

import { MAX_LENGTHS } from "./document.gen";

type Lengths = typeof MAX_LENGTHS;

export function maxLengthOf<Name extends keyof Lengths>(schema: Name, property: keyof Lengths[Name]): number {
  // Every value of the table is a number; the compiler knows that of each, not of all.
  return MAX_LENGTHS[schema][property] as number;
}
