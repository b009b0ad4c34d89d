import { Select, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslation } from "react-i18next";
import type { ProviderKindResponse } from "@/api/types";
import { useNames } from "@/hooks/use-names";
import { AUTH_METHODS, type ProviderValues } from "./form-values";

interface AuthFieldsProps {
  form: Pick<UseFormReturnType<ProviderValues>, "getValues" | "getInputProps">;
  kind: ProviderKindResponse | undefined;
}

/** The way in which the credential is presented, and what that way asks for. */
export function AuthFields({ form, kind }: AuthFieldsProps) {
  const { t } = useTranslation("providers");
  const name = useNames("authMethod");
  const own = kind ? t("auth.ofKindNamed", { method: name(kind.auth_method) }) : t("streamUsages.kind");
  const { auth_method: method } = form.getValues();
  return (
    <>
      <Select
        label={t("auth.label")}
        data={AUTH_METHODS.map((value) => ({ value, label: value === "" ? own : name(value) }))}
        allowDeselect={false}
        {...form.getInputProps("auth_method")}
      />
      {method === "header" ? (
        <TextInput
          label={t("auth.header")}
          placeholder="x-api-key"
          required
          spellCheck={false}
          {...form.getInputProps("auth_header")}
        />
      ) : null}
      {method === "oauth" ? (
        <>
          <TextInput
            label={t("auth.tokenUrl")}
            placeholder="https://login.example.com/token"
            required
            inputMode="url"
            {...form.getInputProps("auth_token_url")}
          />
          <TextInput label={t("auth.scope")} spellCheck={false} {...form.getInputProps("auth_scope")} />
        </>
      ) : null}
    </>
  );
}
