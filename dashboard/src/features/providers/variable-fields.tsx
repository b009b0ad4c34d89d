import { TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslation } from "react-i18next";
import type { ProviderKindResponse } from "@/api/types";
import { useNames } from "@/hooks/use-names";
import type { ProviderValues } from "./form-values";

interface VariableFieldsProps {
  form: Pick<UseFormReturnType<ProviderValues>, "getValues" | "setFieldValue" | "errors">;
  kind: ProviderKindResponse | undefined;
  /** Those that have a value of their own, or those that need one. */
  hasDefault: boolean;
}

/** The variables in the address of a kind, such as the region of a cloud. */
export function VariableFields({ form, kind, hasDefault }: VariableFieldsProps) {
  const { t } = useTranslation("providers");
  const label = useNames("addressVariable");
  const { variables, base_url } = form.getValues();
  const shown = (kind?.variables ?? []).filter((one) => (one.default !== null) === hasDefault);
  return shown.map((variable, index) => {
    const value = variables[variable.name] ?? "";
    const isMistaken = form.errors.variables !== undefined && (value.trim() === "" || shown.length === 1);
    return (
      <TextInput
        key={variable.name}
        label={label(variable.name)}
        description={index === 0 && !hasDefault ? t("variablesHelp", { address: kind?.address }) : undefined}
        inputWrapperOrder={["label", "input", "description", "error"]}
        placeholder={variable.default ?? undefined}
        required={!hasDefault && base_url.trim() === ""}
        spellCheck={false}
        value={value}
        error={isMistaken && !hasDefault ? form.errors.variables : null}
        onChange={(event) =>
          form.setFieldValue("variables", { ...variables, [variable.name]: event.currentTarget.value })
        }
      />
    );
  });
}
