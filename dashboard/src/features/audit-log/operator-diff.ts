// What an entry of the audit log says was changed.

export interface AuditChange {
  field: string;
  before: string | null;
  after: string | null;
}

type Values = Record<string, unknown> | null;

/** The fields that differ; all of them where something came or went. Values are text, as they are shown. */
export function auditChanges(before: Values, after: Values): AuditChange[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return fields
    .map((field) => ({ field, before: shown(before, field), after: shown(after, field) }))
    .filter((change) => change.before !== change.after);
}

function shown(values: Values, field: string): string | null {
  if (values === null || !Object.hasOwn(values, field)) return null;
  const value = values[field];
  if (value === null || value === undefined || value === "") return null;
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
