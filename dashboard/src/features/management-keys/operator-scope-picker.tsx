import { Checkbox, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { OPERATOR_READ, OPERATOR_WRITE } from "./scopes";

interface OperatorScopePickerProps {
  value: string[];
  onChange: (scopes: string[]) => void;
  error: string | null;
}

/** What a key of the platform may do: read, write, or both. */
export function OperatorScopePicker({ value, onChange, error }: OperatorScopePickerProps) {
  const { t } = useTranslation("management-keys");
  return (
    <Checkbox.Group label={t("operator.scopes")} value={value} onChange={onChange} error={error}>
      <Stack gap={8} mt={6}>
        <Checkbox value={OPERATOR_READ} label={t("operator.read")} description={OPERATOR_READ} />
        <Checkbox value={OPERATOR_WRITE} label={t("operator.write")} description={OPERATOR_WRITE} />
      </Stack>
    </Checkbox.Group>
  );
}
