import type { Audience } from "@/api/audience";

/** The actions that a log can be filtered by, by area. What the server notes besides is shown, and found by its area. */
const ACTIONS = {
  account: ["account.created", "account.changed", "account.suspended", "account.resumed"],
  api_key: [
    "api_key.created",
    "api_key.changed",
    "api_key.regenerated",
    "api_key.grace_ended",
    "api_key.revoked",
    "api_key.throttled",
    "api_key.frozen",
    "api_key.released",
  ],
  credits: ["credits.granted", "credits.taken_back", "credits.refunded", "credits.redeemed"],
  deployment: ["deployment.created", "deployment.changed", "deployment.deleted"],
  invite: ["invite.created", "invite.accepted", "invite.revoked"],
  management_key: ["management_key.created", "management_key.revoked"],
  member: ["member.role_changed", "member.removed"],
  model: ["model.created", "model.changed", "model.deleted"],
  order: [
    "order.created",
    "order.paid",
    "order.refund_requested",
    "order.refunded",
    "order.disputed",
    "order.checked",
  ],
  provider: ["provider.created", "provider.changed", "provider.deleted"],
  redemption_batch: ["redemption_batch.created", "redemption_batch.voided"],
  tier: ["tier.created", "tier.changed", "tier.deleted"],
  user: [
    "user.created",
    "user.signed_in",
    "user.changed",
    "user.rights_changed",
    "user.disabled",
    "user.enabled",
    "user.password_changed",
    "user.password_reset",
    "user.reset_link_created",
    "user.two_factor_enabled",
    "user.two_factor_disabled",
    "user.two_factor_removed",
  ],
  webhook: ["webhook.created", "webhook.changed", "webhook.deleted", "webhook.disabled"],
} as const;
export type AuditArea = keyof typeof ACTIONS;

const ACCOUNT_AREAS: readonly AuditArea[] = [
  "api_key",
  "member",
  "invite",
  "management_key",
  "webhook",
  "credits",
  "order",
  "account",
];
const PLATFORM_AREAS: readonly AuditArea[] = [
  "account",
  "user",
  "tier",
  "provider",
  "model",
  "deployment",
  "redemption_batch",
];

export function areasOf(audience: Audience): readonly AuditArea[] {
  if (audience !== "operator") return ACCOUNT_AREAS;
  return [...PLATFORM_AREAS, ...ACCOUNT_AREAS.filter((area) => area !== "account")];
}

export function actionsOf(area: AuditArea): readonly string[] {
  return ACTIONS[area];
}
