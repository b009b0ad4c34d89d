import {
  Menu,
  SegmentedControl,
  Select,
  Stack,
  Text,
  UnstyledButton,
  useMantineColorScheme,
  VisuallyHidden,
} from "@mantine/core";
import { ChevronUp, LogOut, Monitor, Moon, ShieldCheck, Sun, UserRound } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMe, useSignOut, useUpdateMe } from "@/api/session";
import type { Language, Theme } from "@/api/types";
import { MenuItemLink } from "@/components/links/menu-item-link";
import { changeLanguage } from "@/i18n/i18n";
import { LANGUAGES } from "@/i18n/languages";
import { initial } from "@/lib/person-name";
import classes from "./shell.module.css";

export function UserMenu() {
  const { t } = useTranslation();
  const { user } = useMe();
  const signOut = useSignOut();
  return (
    <Menu width={264} position="top-start" shadow="lg" closeOnItemClick={false} trapFocus>
      <Menu.Target>
        <UnstyledButton className={classes.user}>
          <span className={classes.avatar} data-round aria-hidden>
            {initial(user.name || user.email)}
          </span>
          <span className={classes.switchText}>
            <Text span size="sm" fw={500} truncate display="block" className="yx-untrusted">
              {user.name || user.email}
            </Text>
            {user.name ? (
              <Text span size="xs" c="dimmed" truncate display="block" className="yx-untrusted">
                {user.email}
              </Text>
            ) : null}
          </span>
          <VisuallyHidden>{t("shell.userMenu")}</VisuallyHidden>
          <ChevronUp size={15} aria-hidden opacity={0.6} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <MenuItemLink to="/settings/profile" closeMenuOnClick leftSection={<UserRound size={15} />}>
          {t("shell.profile")}
        </MenuItemLink>
        <MenuItemLink to="/settings/security" closeMenuOnClick leftSection={<ShieldCheck size={15} />}>
          {t("shell.security")}
        </MenuItemLink>
        <Menu.Divider />
        <Stack gap={10} px="sm" py={6}>
          <ThemeControl />
          <LanguageControl />
        </Stack>
        <Menu.Divider />
        <Menu.Item
          leftSection={<LogOut size={15} />}
          onClick={() => signOut.mutate()}
          disabled={signOut.isPending}
        >
          {t("shell.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Light, dark, or as the system has it; kept in the browser at once and with the user when signed in. */
export function ThemeControl() {
  const { t } = useTranslation();
  const update = useUpdateMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const option = (value: string, icon: ReactNode, label: string) => ({
    value,
    label: (
      <span style={{ display: "grid", placeItems: "center", paddingBlock: 3 }} title={label}>
        {icon}
        <span className="yx-visually-hidden">{label}</span>
      </span>
    ),
  });
  return (
    <SegmentedControl
      size="xs"
      fullWidth
      aria-label={t("shell.theme")}
      value={colorScheme}
      onChange={(value) => {
        const scheme = value as "light" | "dark" | "auto";
        setColorScheme(scheme);
        update.mutate({ theme: (scheme === "auto" ? "system" : scheme) satisfies Theme });
      }}
      data={[
        option("light", <Sun size={15} />, t("theme.light")),
        option("dark", <Moon size={15} />, t("theme.dark")),
        option("auto", <Monitor size={15} />, t("theme.system")),
      ]}
    />
  );
}

export function LanguageControl() {
  const { t, i18n } = useTranslation();
  const update = useUpdateMe();
  return (
    <Select
      size="xs"
      aria-label={t("shell.language")}
      allowDeselect={false}
      data={LANGUAGES}
      value={i18n.language}
      comboboxProps={{ withinPortal: false }}
      onChange={(value) => {
        if (value === null) return;
        void changeLanguage(value as Language);
        update.mutate({ language: value as Language });
      }}
    />
  );
}
