// The one place that talks to the server. Paths, parameters, bodies and responses are what the document says (operations.ts).

import { publicPath } from "@/base-path";
import { randomId } from "@/random-id";
import { networkError, readError } from "./error";
import { type Arguments, type Path, type Result, ROOT, type Sending } from "./operations";

export { ApiError } from "./error";

/** What the typed calls come to. */
export interface Sent extends Sending {
  path?: object;
  query?: object;
  body?: unknown;
}

export const api = { get, post, patch, delete: remove };

function get<P extends Path<"get">>(path: P, ...options: Arguments<"get", P>): Promise<Result<"get", P>>;
function get(path: string, sent?: Sent): Promise<unknown> {
  return send("GET", path, sent);
}

function post<P extends Path<"post">>(path: P, ...options: Arguments<"post", P>): Promise<Result<"post", P>>;
function post(path: string, sent?: Sent): Promise<unknown> {
  return send("POST", path, sent);
}

function patch<P extends Path<"patch">>(
  path: P,
  ...options: Arguments<"patch", P>
): Promise<Result<"patch", P>>;
function patch(path: string, sent?: Sent): Promise<unknown> {
  return send("PATCH", path, sent);
}

function remove<P extends Path<"delete">>(
  path: P,
  ...options: Arguments<"delete", P>
): Promise<Result<"delete", P>>;
function remove(path: string, sent?: Sent): Promise<unknown> {
  return send("DELETE", path, sent);
}

/** The address of a GET, for links the browser follows itself (CSV, sign-in with a provider). */
export function apiUrl<P extends Path<"get">>(path: P, ...options: Arguments<"get", P>): string;
export function apiUrl(path: string, sent?: Sent): string {
  return publicPath(ROOT + filled(path, sent?.path)) + queryString(sent?.query);
}

/** The response of a POST as it comes (a stream). The caller reads the body; failures are thrown as ApiError. */
export function postRaw<P extends Path<"post">>(path: P, ...options: Arguments<"post", P>): Promise<Response>;
export function postRaw(path: string, sent?: Sent): Promise<Response> {
  return respond("POST", path, sent);
}

/** A call whose types its caller answers for. */
export async function send(method: string, path: string, sent?: Sent): Promise<unknown> {
  const response = await respond(method, path, sent);
  if (response.status === 204) return undefined;
  const text = await response.text();
  return text === "" ? undefined : JSON.parse(text);
}

async function respond(method: string, path: string, sent: Sent = {}): Promise<Response> {
  const hasBody = sent.body !== undefined;
  const url = publicPath(ROOT + filled(path, sent.path)) + queryString(sent.query);
  const response = await fetchOrFail(url, {
    method,
    headers:
      method === "GET"
        ? { Accept: "application/json" }
        : writeHeaders(sent.idempotencyKey ?? randomId(), hasBody),
    body: hasBody ? JSON.stringify(sent.body) : undefined,
    credentials: "same-origin",
    signal: sent.signal,
  });
  if (!response.ok) throw await readError(response);
  return response;
}

function writeHeaders(idempotencyKey: string, hasBody: boolean): Record<string, string> {
  return {
    Accept: "application/json",
    "X-Yunxin-Request": "dashboard",
    "Idempotency-Key": idempotencyKey,
    ...(hasBody ? { "Content-Type": "application/json" } : {}),
  };
}

async function fetchOrFail(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw networkError();
  }
}

/** The only ids with slashes are those of models; their slashes stay slashes. */
const MODEL_PATH = /\/models\/\{id\}$/;

/** The path with its parameters in their places, none of which can escape from its own. */
function filled(path: string, parameters: object = {}): string {
  const hasSlashes = MODEL_PATH.test(path);
  return Object.entries(parameters).reduce((text, [name, value]) => {
    const parts = hasSlashes && name === "id" ? String(value).split("/") : [String(value)];
    // A function, because `$&` in a replacement would have a meaning.
    return text.replace(`{${name}}`, () => parts.map(encodeURIComponent).join("/"));
  }, path);
}

function queryString(query: object = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}
