import { useTranslation } from "react-i18next";
import type { ProviderKindResponse } from "@/api/types";
import { lacksAuth, lacksVariable, type ProviderValues } from "./form-values";

/** What a provider's fields must hold, for a new one and for one that is changed. */
export function useProviderRules(kindOf: (kind: string) => ProviderKindResponse | undefined) {
  const { t } = useTranslation("providers");
  return {
    base_url: (value: string, values: ProviderValues) => {
      if (value.trim() === "") return kindOf(values.kind)?.address ? null : t("urlNeeded");
      return /^https?:\/\/\S+$/.test(value.trim()) ? null : t("urlWrong");
    },
    variables: (_: unknown, values: ProviderValues) =>
      lacksVariable(values, kindOf(values.kind)) ? t("variableNeeded") : null,
    auth_header: (value: string, values: ProviderValues) =>
      lacksAuth(values, "header", value) ? t("auth.headerNeeded") : null,
    auth_token_url: (value: string, values: ProviderValues) =>
      lacksAuth(values, "oauth", value) ? t("auth.tokenUrlNeeded") : null,
    env: (value: string, values: ProviderValues) =>
      values.mode === "env" && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(value) ? t("envWrong") : null,
  };
}
