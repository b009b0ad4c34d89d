// What an audit entry changed, field by field.

export interface FieldChange {
  /** The path inside the object: `restrictions.networks`. */
  field: string;
  before: unknown;
  after: unknown;
}

const DEPTH_MAX = 4;

/** The fields that differ; where there was nothing before (created) or is nothing after (deleted), all of them. */
export function changesOf(
  before: Record<string, unknown> | null,
  after: Record<string, unknown> | null,
): FieldChange[] {
  return collect(before ?? {}, after ?? {}, "", 0);
}

function collect(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  prefix: string,
  depth: number,
): FieldChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const was = before[name];
    const is = after[name];
    const field = prefix + name;
    if (
      depth < DEPTH_MAX &&
      (isObject(was) || isObject(is)) &&
      isObjectOrNothing(was) &&
      isObjectOrNothing(is)
    ) {
      return collect(was ?? {}, is ?? {}, `${field}.`, depth + 1);
    }
    return isSame(was, is) ? [] : [{ field, before: was, after: is }];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isObjectOrNothing(value: unknown): value is Record<string, unknown> | null | undefined {
  return value == null || isObject(value);
}

function isSame(one: unknown, other: unknown): boolean {
  // `null` and left out both mean: nothing there.
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

/** `expires_at_ms` and `expires_at` hold moments. */
export function momentOf(field: string, value: unknown): number | null {
  if (field.endsWith("_at_ms") && typeof value === "number") return value;
  if (field.endsWith("_at") && typeof value === "string") {
    const at = Date.parse(value);
    return Number.isNaN(at) ? null : at;
  }
  return null;
}
