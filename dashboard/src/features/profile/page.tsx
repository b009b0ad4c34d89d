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
import { maxLengthOf } from "@/api/limits";
import { useMe, useUpdateMe } from "@/api/session";
import type { Language, Theme } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { Fact, Facts } from "@/components/facts";
import { FormError } from "@/components/form-error";
import { PageHeader } from "@/components/page-header";
import { Section } from "@/components/section";
import sectionClasses from "@/components/section.module.css";
import { StatusBadge } from "@/components/status-badge";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { changeLanguage } from "@/i18n/i18n";
import { LANGUAGES } from "@/i18n/languages";

export function ProfilePage() {
  const { t } = useTranslation("profile");
  return (
    <>
      <PageHeader title={t("title")} description={t("text")} />
      <About />
      <Looks />
    </>
  );
}

function About() {
  const { t } = useTranslation(["profile", "common"]);
  const format = useFormat();
  const notify = useNotify();
  const { user } = useMe();
  const update = useUpdateMe();
  const [name, setName] = useState(user.name);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.mutate({ name: name.trim() }, { onSuccess: () => notify.done(t("common:saved")) });
  };

  return (
    <Section title={t("aboutTitle")}>
      <form onSubmit={submit} className={sectionClasses.narrow}>
        <Stack gap="md">
          <TextInput
            label={t("name")}
            placeholder={t("namePlaceholder")}
            autoComplete="name"
            maxLength={maxLengthOf("EditMeRequest", "name")}
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
      <Facts isBelow>
        <Fact label={t("email")}>
          <span className="yx-untrusted">{user.email}</span>
          {user.is_email_confirmed ? (
            <StatusBadge tone="ok">{t("emailConfirmed")}</StatusBadge>
          ) : (
            <StatusBadge tone="warn">{t("emailUnconfirmed")}</StatusBadge>
          )}
          {user.is_email_confirmed ? null : (
            <Text size="xs" c="dimmed" w="100%">
              {t("unconfirmedText")}
            </Text>
          )}
        </Fact>
        <Fact label={t("since")}>
          <time dateTime={user.created_at}>{format.date(user.created_at, "date")}</time>
        </Fact>
        <Fact label={t("userId")}>
          <Text span size="sm" ff="monospace" className="yx-untrusted">
            {user.id}
          </Text>
          <CopyButton value={user.id} label={t("copyUserId")} />
        </Fact>
      </Facts>
    </Section>
  );
}

function Looks() {
  const { t, i18n } = useTranslation(["profile", "common"]);
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
    <Section title={t("looksTitle")} text={t("looksText")}>
      <Stack gap="md" className={sectionClasses.narrow}>
        <Select
          label={t("language")}
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
            {t("theme")}
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
