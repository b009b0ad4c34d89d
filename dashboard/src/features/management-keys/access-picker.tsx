import { Button, Group, SegmentedControl, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./management-keys.module.css";
import { type Access, type AccessByArea, isWritable, readEverything, SCOPE_AREAS } from "./scopes";

interface AccessPickerProps {
  value: AccessByArea;
  onChange: (value: AccessByArea) => void;
  error: string | null;
}

/** What a key may do, area by area, in words instead of scopes. */
export function AccessPicker({ value, onChange, error }: AccessPickerProps) {
  const { t } = useTranslation("management-keys");
  return (
    <fieldset style={{ margin: 0, padding: 0, border: 0, minWidth: 0 }}>
      <Group justify="space-between" align="flex-end" mb={6} gap="xs">
        <div>
          <Text component="legend" size="sm" fw={500} p={0}>
            {t("access")}
          </Text>
          <Text size="xs" c="dimmed">
            {t("accessText")}
          </Text>
        </div>
        <Group gap={4}>
          <Button size="compact-xs" variant="subtle" onClick={() => onChange(readEverything())}>
            {t("all")}
          </Button>
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onChange({})}>
            {t("nothing")}
          </Button>
        </Group>
      </Group>
      <div className={classes.areas}>
        {SCOPE_AREAS.map((area) => {
          const choices: Access[] = isWritable(area) ? ["none", "read", "write"] : ["none", "read"];
          return (
            <div key={area} className={classes.area}>
              <div>
                <Text size="sm" fw={500}>
                  {t(`areas.${area}`)}
                </Text>
                <Text size="xs" c="dimmed">
                  {t(`areaTexts.${area}`)}
                </Text>
              </div>
              <SegmentedControl
                size="xs"
                aria-label={t("accessTo", { area: t(`areas.${area}`) })}
                value={value[area] ?? "none"}
                onChange={(access) => onChange({ ...value, [area]: access })}
                data={choices.map((choice) => ({
                  value: choice,
                  label: t(`${choice}`),
                }))}
              />
            </div>
          );
        })}
      </div>
      {error ? (
        <Text size="xs" c="red" mt={6} role="alert">
          {error}
        </Text>
      ) : null}
    </fieldset>
  );
}
