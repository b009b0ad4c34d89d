// Which texts come in one file. What no page needs that opens first is in files of its own, so that a first visit is small.

const LATER_FILES: Record<string, readonly string[]> = {
  auth: ["auth"],
  operator: [
    "credits",
    "deployments",
    "docs-feedback",
    "invoices",
    "payments",
    "providers",
    "routing",
    "servers",
    "system",
    "tiers",
    "users",
  ],
  playground: ["playground"],
  settings: [
    "audit-log",
    "management-keys",
    "members",
    "profile",
    "security",
    "sessions",
    "settings",
    "webhooks",
  ],
};

/** The file that has these texts beside those of the first pages; `null`: they are among those. */
export function laterFile(namespace: string): string | null {
  return Object.keys(LATER_FILES).find((file) => LATER_FILES[file]?.includes(namespace)) ?? null;
}
