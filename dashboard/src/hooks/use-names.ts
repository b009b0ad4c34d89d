import { useCallback } from "react";
import { useTranslation } from "react-i18next";

type Kind =
  | "operation"
  | "modelType"
  | "capability"
  | "providerKind"
  | "action"
  | "tier"
  | "paymentMethod"
  | "pricingUnit"
  | "routeStatus"
  | "routeReason"
  | "routingPolicy"
  | "authMethod"
  | "addressVariable"
  | "breaker"
  | "level"
  | "field"
  | "value";

/**
 * Words for what the server names: looked up by the name, else what the server calls it, so that something new on the server needs no word
 * here.
 */
export function useNames(kind: Kind): (name: string, label?: string) => string {
  const { i18n } = useTranslation("names");
  const language = i18n.language;
  return useCallback(
    (name: string, label = name) => {
      const text: unknown = i18n.getResource(language, "names", `${kind}.${name}`);
      return typeof text === "string" ? text : label;
    },
    [i18n, language, kind],
  );
}
