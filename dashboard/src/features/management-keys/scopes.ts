// What a management key can be let into: the areas of an account, and which of them have anything to write.

export const SCOPE_AREAS = [
  "api-keys",
  "key-events",
  "usage",
  "requests",
  "models",
  "limits",
  "budgets",
  "members",
  "invites",
  "webhooks",
  "account",
  "audit-log",
  "credits",
] as const;
/** What keys of the platform may do. */
export const OPERATOR_READ = "admin:read";
export const OPERATOR_WRITE = "admin:write";

export type ScopeArea = (typeof SCOPE_AREAS)[number];
export type Access = "none" | "read" | "write";
export type AccessByArea = Partial<Record<ScopeArea, Access>>;

const WRITABLE: readonly ScopeArea[] = [
  "api-keys",
  "budgets",
  "members",
  "invites",
  "webhooks",
  "account",
  "credits",
];

export function isWritable(area: ScopeArea): boolean {
  return WRITABLE.includes(area);
}

/** Who may write may also read: a script that changes things has to look at them. */
export function scopesOf(access: AccessByArea): string[] {
  return SCOPE_AREAS.flatMap((area) => {
    if (access[area] === "write") return [`${area}:read`, `${area}:write`];
    return access[area] === "read" ? [`${area}:read`] : [];
  });
}

export function readEverything(): AccessByArea {
  return Object.fromEntries(SCOPE_AREAS.map((area) => [area, "read" as const]));
}

/** A path of the account that the scopes permit, to try the key with. */
export function samplePath(scopes: string[]) {
  const area = SCOPE_AREAS.find((one) => scopes.includes(`${one}:read`));
  return area === undefined || area === "account"
    ? "/accounts/{account_id}"
    : (`/accounts/{account_id}/${area}` as const);
}
