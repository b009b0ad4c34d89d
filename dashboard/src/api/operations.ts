// What the document says of every path of the management API, as types: which methods it knows, what goes in, what comes back.

import type { paths } from "./schema.gen";

export const ROOT = "/api/v1";

export type Method = "get" | "post" | "patch" | "delete";

/** The paths below the root that know the method: `/accounts/{account_id}/usage`. */
export type Path<M extends Method> = {
  [Full in keyof paths]: Full extends `${typeof ROOT}${infer Below}`
    ? paths[Full] extends { [Name in M]: object }
      ? Below
      : never
    : never;
}[keyof paths];

type Operation<M extends Method, P extends string> = `${typeof ROOT}${P}` extends infer Full extends
  keyof paths
  ? paths[Full] extends { [Name in M]: infer Found }
    ? Found
    : never
  : never;

type PathParameters<O> = O extends { parameters: { path: infer Given } } ? Given : undefined;
type QueryParameters<O> = O extends { parameters: { query?: infer Given } } ? Given : undefined;
type RequestBody<O> = O extends { requestBody: { content: { "application/json": infer Given } } }
  ? Given
  : undefined;

/** A part of a call: needed where the document has it, else to be left out. */
type Part<Name extends string, Given> = [Given] extends [undefined]
  ? { [N in Name]?: undefined }
  : { [N in Name]: Given };

export interface Sending {
  /** The same key sends the same write again; left out, each call is a write of its own. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

export type Options<M extends Method, P extends string> = Part<"path", PathParameters<Operation<M, P>>> & {
  query?: QueryParameters<Operation<M, P>>;
} & Part<"body", RequestBody<Operation<M, P>>> &
  Sending;

/** The options of a call; they may be left out where nothing in them is needed. */
export type Arguments<M extends Method, P extends string> =
  Record<never, never> extends Options<M, P> ? [options?: Options<M, P>] : [options: Options<M, P>];

type Successes<O> = O extends { responses: infer All } ? All[keyof All & (200 | 201 | 202 | 204)] : never;
type Content<R> = R extends { content: { "application/json": infer Body } } ? Body : undefined;

/** The body of the response. */
export type Result<M extends Method, P extends string> = Content<Successes<Operation<M, P>>>;

export interface Page<Row> {
  data: Row[];
  next_cursor: string | null;
}

/** The paths that respond with a page of a list. */
export type ListPath = {
  [P in Path<"get">]: Result<"get", P> extends Page<unknown> ? P : never;
}[Path<"get">];

export type Row<P extends string> = Result<"get", P> extends Page<infer Found> ? Found : never;
