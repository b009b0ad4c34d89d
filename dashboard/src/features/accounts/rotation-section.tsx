import { Button, Group, NumberInput, Stack, Switch, Text } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import type { AccountResponse } from "@/api/types";
import { FormError } from "@/components/form-error";
import { Section } from "@/components/section";
import sectionClasses from "@/components/section.module.css";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { useEditAccount } from "./queries";

const DAYS_MAX = 3_650;
/** What is offered to somebody who turns reminders on. */
const DAYS_DEFAULT = 90;

/** How old the secrets of live keys may get before the account is reminded. */
export function RotationSection({ account }: { account: AccountResponse }) {
  const { t } = useTranslation(["accounts", "common"]);
  const format = useFormat();
  const notify = useNotify();
  const { can } = useAccount();
  const edit = useEditAccount(account.id);
  const saved = account.key_rotation_days;
  const [isOn, setIsOn] = useState(saved !== null);
  const [days, setDays] = useState<number | string>(saved ?? DAYS_DEFAULT);
  const isValid = typeof days === "number" && Number.isInteger(days) && days >= 1 && days <= DAYS_MAX;
  const chosen = isOn ? days : null;

  if (!can("admin")) {
    return (
      <Section title={t("settings.rotationTitle")} text={t("settings.rotationNeeds")}>
        <Text fw={500}>
          {saved === null
            ? t("settings.rotationNever")
            : t("settings.rotationAfter", { count: saved, days: format.number(saved) })}
        </Text>
      </Section>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isOn && !isValid) return;
    const change = { key_rotation_days: isOn ? Number(days) : null };
    edit.mutate(change, { onSuccess: () => notify.done(t("common:saved")) });
  };
  return (
    <Section title={t("settings.rotationTitle")} text={t("settings.rotationText")}>
      <form onSubmit={submit}>
        <Stack gap="sm" className={sectionClasses.narrow}>
          <Switch
            label={t("settings.rotationOn")}
            checked={isOn}
            onChange={(event) => setIsOn(event.currentTarget.checked)}
          />
          {isOn ? (
            <NumberInput
              label={t("settings.rotationDays")}
              min={1}
              max={DAYS_MAX}
              allowDecimal={false}
              value={days}
              onChange={setDays}
              error={isValid ? null : t("settings.rotationRange")}
            />
          ) : null}
          <FormError error={edit.error} />
          <Group>
            <Button type="submit" disabled={chosen === saved || (isOn && !isValid)} loading={edit.isPending}>
              {t("common:save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
