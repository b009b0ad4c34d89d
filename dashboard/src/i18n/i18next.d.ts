import "i18next";
import type apiKeys from "../locales/en/api-keys.json";
import type auth from "../locales/en/auth.json";
import type common from "../locales/en/common.json";
import type keyEvents from "../locales/en/key-events.json";
import type models from "../locales/en/models.json";
import type operator from "../locales/en/operator.json";
import type overview from "../locales/en/overview.json";
import type playground from "../locales/en/playground.json";
import type requests from "../locales/en/requests.json";
import type settings from "../locales/en/settings.json";
import type usage from "../locales/en/usage.json";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: {
      common: typeof common;
      auth: typeof auth;
      overview: typeof overview;
      "api-keys": typeof apiKeys;
      "key-events": typeof keyEvents;
      usage: typeof usage;
      requests: typeof requests;
      models: typeof models;
      playground: typeof playground;
      settings: typeof settings;
      operator: typeof operator;
    };
  }
}
