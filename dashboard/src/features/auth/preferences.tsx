import { ActionIcon, Button, Group, Menu, Tooltip, useMantineColorScheme } from "@mantine/core";
import { Check, Languages, Monitor, Moon, Sun } from "lucide-react";
import { useTranslation } from "react-i18next";
import { publicPath } from "@/base-path";
import { changeLanguage } from "@/i18n/i18n";
import { LANGUAGES } from "@/i18n/languages";

const SCHEMES = ["auto", "light", "dark"] as const;
const SCHEME_ICONS = { auto: Monitor, light: Sun, dark: Moon };

/** Language and theme before anybody is signed in: kept in the browser. */
export function Preferences() {
  const { t, i18n } = useTranslation(["auth", "common"]);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Icon = SCHEME_ICONS[colorScheme];
  const next = SCHEMES[(SCHEMES.indexOf(colorScheme) + 1) % SCHEMES.length] ?? "auto";
  const themeLabel = t("preferences.theme", {
    theme: t(`common:theme.${colorScheme === "auto" ? "system" : colorScheme}`),
  });
  const language = LANGUAGES.find((one) => one.value === i18n.language);
  return (
    <Group gap={4}>
      <Button component="a" href={publicPath("/docs")} variant="subtle" color="gray" size="compact-sm">
        {t("common:nav.documentation")}
      </Button>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            leftSection={<Languages size={15} aria-hidden />}
            aria-label={t("preferences.language", { language: language?.label })}
          >
            {language?.label}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {LANGUAGES.map((one) => (
            <Menu.Item
              key={one.value}
              lang={one.value}
              onClick={() => void changeLanguage(one.value)}
              rightSection={one.value === i18n.language ? <Check size={14} aria-hidden /> : null}
            >
              {one.label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Tooltip label={themeLabel}>
        <ActionIcon aria-label={themeLabel} onClick={() => setColorScheme(next)}>
          <Icon size={16} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}
