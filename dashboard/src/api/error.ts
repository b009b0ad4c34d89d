import type { components } from "./schema.gen";

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

export function networkError(): ApiError {
  return new ApiError({
    status: 0,
    type: "network",
    code: "network",
    message: "the server cannot be reached",
  });
}

export async function readError(response: Response): Promise<ApiError> {
  const requestId = response.headers.get("x-request-id");
  const retryAfter = Number(response.headers.get("retry-after"));
  const retryAfterSeconds = Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null;
  const body: Partial<components["schemas"]["Error"]> | null = await response.json().catch(() => null);
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
