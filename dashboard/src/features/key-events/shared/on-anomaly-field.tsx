import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { OnAnomaly } from "@/api/types";

export const ON_ANOMALY = ["notify", "throttle", "freeze"] as const satisfies readonly OnAnomaly[];

/** The action on an anomaly of a key. */
export function OnAnomalyField({
  value,
  onChange,
}: {
  value: OnAnomaly;
  onChange: (value: OnAnomaly) => void;
}) {
  const { t } = useTranslation("key-events");
  return (
    <Select
      label={t("onAnomaly.label")}
      description={t(`onAnomaly.hint.${value}`)}
      inputWrapperOrder={["label", "input", "description", "error"]}
      allowDeselect={false}
      data={ON_ANOMALY.map((one) => ({ value: one, label: t(`onAnomaly.choice.${one}`) }))}
      value={value}
      onChange={(chosen) => onChange(ON_ANOMALY.find((one) => one === chosen) ?? "notify")}
    />
  );
}
