// What an entry of the audit log changed, field by field: one meaning for every page that shows it (docs/decisions/0029).

export interface FieldChange {
  /** The path inside the object: `restrictions.networks`. */
  field: string;
  before: unknown;
  after: unknown;
}

type Fields = Record<string, unknown>;

const DEPTH_MAX = 4;

/**
 * The fields that differ; where there was nothing before (created) or is nothing after (deleted), all of them that hold something. Objects
 * are taken apart into their fields, lists are one value. `null`, an empty text and what is left out are alike: nothing is there.
 */
export function changesOf(before: Fields | null, after: Fields | null): FieldChange[] {
  return collect(before ?? {}, after ?? {}, "", 0);
}

function collect(before: Fields, after: Fields, prefix: string, depth: number): FieldChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const was = own(before, name);
    const is = own(after, name);
    const field = prefix + name;
    const isTakenApart =
      depth < DEPTH_MAX &&
      (isObject(was) || isObject(is)) &&
      (was === null || isObject(was)) &&
      (is === null || isObject(is));
    if (isTakenApart) return collect(was ?? {}, is ?? {}, `${field}.`, depth + 1);
    return isSame(was, is) ? [] : [{ field, before: was, after: is }];
  });
}

/** The field's own value, `null` for nothing; what objects inherit (`constructor`) is no field. */
function own(fields: Fields, name: string): unknown {
  const value = Object.hasOwn(fields, name) ? fields[name] : null;
  return value === undefined || value === "" ? null : value;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
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
