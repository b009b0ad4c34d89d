// The one place that talks to the server.

import { publicPath } from "@/base-path";
import { randomId } from "@/random-id";
import type { ErrorBody } from "./types";

const ROOT = "/api/v1";

export type QueryValue = string | number | boolean | null | undefined;
/** Any object of plain values; `object` because interfaces have no index signature. */
export type QueryParams = object;

/** A failed call: the envelope's fields, what the transport said, and the id to give to an operator. */
export class ApiError extends Error {
  readonly status: number;
  readonly type: string;
  readonly code: string;
  readonly param: string | null;
  readonly requestId: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(fields: {
    status: number;
    type: string;
    code: string;
    message: string;
    param?: string | null;
    requestId?: string | null;
    retryAfterSeconds?: number | null;
  }) {
    super(fields.message);
    this.name = "ApiError";
    this.status = fields.status;
    this.type = fields.type;
    this.code = fields.code;
    this.param = fields.param ?? null;
    this.requestId = fields.requestId ?? null;
    this.retryAfterSeconds = fields.retryAfterSeconds ?? null;
  }

  /** Nobody is signed in, or the session ended. */
  get isSignedOut(): boolean {
    return this.status === 401 && this.code === "not_signed_in";
  }

  /** Trying the same again later may work. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export interface WriteOptions {
  /** Give the same key to send the same write again; left out, each call is a write of its own. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

export const api = {
  get: <T>(path: string, query?: QueryParams, signal?: AbortSignal) =>
    send<T>("GET", path + queryString(query), { signal }),
  post: <T = void>(path: string, body?: unknown, options?: WriteOptions) =>
    send<T>("POST", path, { body, ...options }),
  patch: <T = void>(path: string, body: unknown, options?: WriteOptions) =>
    send<T>("PATCH", path, { body, ...options }),
  delete: <T = void>(path: string, options?: WriteOptions) => send<T>("DELETE", path, { ...options }),
};

/** The address of a GET, for links the browser follows itself (CSV, sign-in with a provider). */
export function apiUrl(path: string, query?: QueryParams): string {
  return publicPath(ROOT + path) + queryString(query);
}

/** A streamed or raw answer (the playground). The caller reads the body; failures are thrown as ApiError. */
export async function sendRaw(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const response = await fetchOrFail(publicPath(ROOT + path), {
    method: "POST",
    headers: writeHeaders(randomId(), true),
    body: JSON.stringify(body),
    credentials: "same-origin",
    signal,
  });
  if (!response.ok) throw await readError(response);
  return response;
}

/** A path segment that cannot escape its place. Model ids keep their slashes: use it on each part. */
export function segment(value: string): string {
  return encodeURIComponent(value);
}

/** A model id as a path: its slashes stay slashes. */
export function idPath(id: string): string {
  return id.split("/").map(encodeURIComponent).join("/");
}

async function send<T>(method: string, path: string, options: { body?: unknown } & WriteOptions): Promise<T> {
  const isWrite = method !== "GET";
  const hasBody = options.body !== undefined;
  const response = await fetchOrFail(publicPath(ROOT + path), {
    method,
    headers: isWrite
      ? writeHeaders(options.idempotencyKey ?? randomId(), hasBody)
      : { Accept: "application/json" },
    body: hasBody ? JSON.stringify(options.body) : undefined,
    credentials: "same-origin",
    signal: options.signal,
  });
  if (!response.ok) throw await readError(response);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
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
    throw new ApiError({
      status: 0,
      type: "network",
      code: "network",
      message: "the server cannot be reached",
    });
  }
}

async function readError(response: Response): Promise<ApiError> {
  const requestId = response.headers.get("x-request-id");
  const retryAfter = Number(response.headers.get("retry-after"));
  const retryAfterSeconds = Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null;
  const body = (await response.json().catch(() => null)) as Partial<ErrorBody> | null;
  const error = body?.error;
  return new ApiError({
    status: response.status,
    type: error?.type ?? "unknown",
    code: error?.code ?? error?.type ?? `http_${response.status}`,
    message: error?.message ?? response.statusText,
    param: error?.param ?? null,
    requestId,
    retryAfterSeconds,
  });
}

function queryString(query?: QueryParams): string {
  if (!query) return "";
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [string, QueryValue][]) {
    if (value !== undefined && value !== null && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}
