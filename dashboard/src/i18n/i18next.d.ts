import "i18next";
import type accounts from "../locales/en/accounts.json";
import type apiKeys from "../locales/en/api-keys.json";
import type auditLog from "../locales/en/audit-log.json";
import type auth from "../locales/en/auth.json";
import type common from "../locales/en/common.json";
import type credits from "../locales/en/credits.json";
import type deployments from "../locales/en/deployments.json";
import type docsFeedback from "../locales/en/docs-feedback.json";
import type errors from "../locales/en/errors.json";
import type find from "../locales/en/find.json";
import type keyEvents from "../locales/en/key-events.json";
import type managementKeys from "../locales/en/management-keys.json";
import type members from "../locales/en/members.json";
import type models from "../locales/en/models.json";
import type names from "../locales/en/names.json";
import type overview from "../locales/en/overview.json";
import type playground from "../locales/en/playground.json";
import type profile from "../locales/en/profile.json";
import type providers from "../locales/en/providers.json";
import type requests from "../locales/en/requests.json";
import type routing from "../locales/en/routing.json";
import type security from "../locales/en/security.json";
import type servers from "../locales/en/servers.json";
import type sessions from "../locales/en/sessions.json";
import type settings from "../locales/en/settings.json";
import type system from "../locales/en/system.json";
import type tiers from "../locales/en/tiers.json";
import type usage from "../locales/en/usage.json";
import type users from "../locales/en/users.json";
import type webhooks from "../locales/en/webhooks.json";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: {
      accounts: typeof accounts;
      "api-keys": typeof apiKeys;
      "audit-log": typeof auditLog;
      auth: typeof auth;
      common: typeof common;
      credits: typeof credits;
      deployments: typeof deployments;
      "docs-feedback": typeof docsFeedback;
      errors: typeof errors;
      find: typeof find;
      "key-events": typeof keyEvents;
      "management-keys": typeof managementKeys;
      members: typeof members;
      models: typeof models;
      names: typeof names;
      overview: typeof overview;
      playground: typeof playground;
      profile: typeof profile;
      providers: typeof providers;
      requests: typeof requests;
      routing: typeof routing;
      security: typeof security;
      servers: typeof servers;
      sessions: typeof sessions;
      settings: typeof settings;
      system: typeof system;
      tiers: typeof tiers;
      usage: typeof usage;
      users: typeof users;
      webhooks: typeof webhooks;
    };
  }
}
