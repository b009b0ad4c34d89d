/**
 * `T` with some fields said more exactly than the document does (`string` that is one of a few words). A field that `T` does not have, or
 * whose type there is another, is an error: a change of the document stops the type checker at the shape it concerns.
 */
export type Narrow<T, N extends { [K in keyof N]: K extends keyof T ? T[K] : never }> = Omit<T, keyof N> & N;

/** The document calls fields that may be null optional. In an answer they are always there. */
export type Answer<T> = T extends (infer Item)[]
  ? Answer<Item>[]
  : T extends object
    ? { [K in keyof T]-?: Answer<Exclude<T[K], undefined>> }
    : T;
