/** The actions that an account's log can hold, by area. Unknown ones are shown as they are. */
export const AUDIT_ACTIONS = [
  "account.created",
  "account.changed",
  "account.suspended",
  "account.resumed",
  "api_key.created",
  "api_key.changed",
  "api_key.regenerated",
  "api_key.grace_ended",
  "api_key.revoked",
  "api_key.throttled",
  "api_key.frozen",
  "api_key.lifted",
  "management_key.created",
  "management_key.revoked",
  "member.role_changed",
  "member.removed",
  "invite.created",
  "invite.accepted",
  "invite.revoked",
  "webhook.created",
  "webhook.changed",
  "webhook.deleted",
  "webhook.disabled",
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export const AUDIT_AREAS = ["api_key", "member", "invite", "management_key", "webhook", "account"] as const;

export function knownAction(action: string): AuditAction | null {
  return AUDIT_ACTIONS.find((one) => one === action) ?? null;
}
