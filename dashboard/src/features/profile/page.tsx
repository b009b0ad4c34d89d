import {
  Button,
  Group,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
  useMantineColorScheme,
} from "@mantine/core";
import { Monitor, Moon, Sun } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe, useUpdateMe } from "@/api/session";
import type { Language, Theme } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { FormError } from "@/components/form-error";
import { PageHeader } from "@/components/page-header";
import { Section } from "@/components/section";
import classes from "@/components/settings.module.css";
import { StatusBadge } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { changeLanguage } from "@/i18n/i18n";
import { LANGUAGES } from "@/i18n/languages";

const NAME_CHARS_MAX = 100;

export function ProfilePage() {
  const { t } = useTranslation("settings");
  return (
    <>
      <PageHeader title={t("profile.title")} description={t("profile.text")} />
      <About />
      <Looks />
    </>
  );
}

function About() {
  const { t } = useTranslation(["settings", "common"]);
  const format = useFormat();
  const notify = useNotify();
  const { user } = useMe();
  const update = useUpdateMe();
  const [name, setName] = useState(user.name);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.mutate({ name: name.trim() }, { onSuccess: () => notify.done(t("saved")) });
  };

  return (
    <Section title={t("profile.aboutTitle")}>
      <form onSubmit={submit} className={classes.narrow}>
        <Stack gap="md">
          <TextInput
            label={t("profile.name")}
            placeholder={t("profile.namePlaceholder")}
            autoComplete="name"
            maxLength={NAME_CHARS_MAX}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <FormError error={update.error} />
          <Group>
            <Button type="submit" disabled={name.trim() === user.name} loading={update.isPending}>
              {t("common:save")}
            </Button>
          </Group>
        </Stack>
      </form>
      <dl className={classes.facts} data-below>
        <dt>{t("profile.email")}</dt>
        <dd>
          <span className="yx-untrusted">{user.email}</span>
          {user.is_email_confirmed ? (
            <StatusBadge tone="ok">{t("profile.emailConfirmed")}</StatusBadge>
          ) : (
            <StatusBadge tone="warn">{t("profile.emailUnconfirmed")}</StatusBadge>
          )}
          {user.is_email_confirmed ? null : (
            <Text size="xs" c="dimmed" w="100%">
              {t("profile.unconfirmedText")}
            </Text>
          )}
        </dd>
        <dt>{t("profile.since")}</dt>
        <dd>
          <time dateTime={user.created_at}>{format.date(user.created_at, "date")}</time>
        </dd>
        <dt>{t("profile.userId")}</dt>
        <dd>
          <Text span size="sm" ff="monospace" className="yx-untrusted">
            {user.id}
          </Text>
          <CopyButton value={user.id} label={t("profile.copyUserId")} />
        </dd>
      </dl>
    </Section>
  );
}

function Looks() {
  const { t, i18n } = useTranslation(["settings", "common"]);
  const notify = useNotify();
  const update = useUpdateMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const save = (change: { language?: Language; theme?: Theme }) =>
    update.mutate(change, { onError: notify.failed });
  const option = (value: string, Icon: typeof Sun, label: string) => ({
    value,
    label: (
      <Group gap={7} wrap="nowrap" justify="center" px={4}>
        <Icon size={15} aria-hidden />
        {label}
      </Group>
    ),
  });

  return (
    <Section title={t("profile.looksTitle")} text={t("profile.looksText")}>
      <Stack gap="md" className={classes.narrow}>
        <Select
          label={t("profile.language")}
          data={LANGUAGES}
          allowDeselect={false}
          value={i18n.language}
          onChange={(value) => {
            if (value === null) return;
            void changeLanguage(value as Language);
            save({ language: value as Language });
          }}
        />
        <div>
          <Text size="sm" fw={500} mb={4} id="theme-label">
            {t("profile.theme")}
          </Text>
          <SegmentedControl
            fullWidth
            aria-labelledby="theme-label"
            value={colorScheme}
            onChange={(value) => {
              const scheme = value as "light" | "dark" | "auto";
              setColorScheme(scheme);
              save({ theme: scheme === "auto" ? "system" : scheme });
            }}
            data={[
              option("light", Sun, t("common:theme.light")),
              option("dark", Moon, t("common:theme.dark")),
              option("auto", Monitor, t("common:theme.system")),
            ]}
          />
        </div>
      </Stack>
    </Section>
  );
}
