import { Group, PasswordInput, Text, TextInput } from "@mantine/core";
import { Circle, CircleCheck } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import classes from "../auth.module.css";
import { brokenRules, PASSWORD_RULES, strengthOf } from "./password";

interface FieldProps {
  value: string;
  onChange: (value: string) => void;
  error?: string | null;
  autoFocus?: boolean;
  isReadOnly?: boolean;
}

export function EmailField({
  value,
  onChange,
  error,
  autoFocus,
  isReadOnly,
  description,
}: FieldProps & { description?: string }) {
  const { t } = useTranslation("auth");
  return (
    <TextInput
      type="email"
      name="email"
      label={t("fields.email")}
      description={description}
      autoComplete="username"
      inputMode="email"
      spellCheck={false}
      autoCapitalize="none"
      maxLength={maxLengthOf("SignInRequest", "email")}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
      readOnly={isReadOnly}
      data-autofocus={autoFocus || undefined}
      autoFocus={autoFocus}
    />
  );
}

export function NameField({ value, onChange, error }: FieldProps) {
  const { t } = useTranslation("auth");
  return (
    <TextInput
      name="name"
      label={
        <>
          {t("fields.name")}{" "}
          <Text span size="sm" c="dimmed" fw={400}>
            {t("fields.optional")}
          </Text>
        </>
      }
      placeholder={t("fields.namePlaceholder")}
      autoComplete="name"
      maxLength={maxLengthOf("SignUpRequest", "name")}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
    />
  );
}

export function PasswordField({ value, onChange, error, autoFocus, label }: FieldProps & { label?: string }) {
  const { t } = useTranslation("auth");
  return (
    <PasswordInput
      name="password"
      label={label ?? t("fields.password")}
      autoComplete="current-password"
      maxLength={maxLengthOf("SignInRequest", "password")}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
      autoFocus={autoFocus}
      visibilityToggleButtonProps={{ "aria-label": t("fields.showPassword"), tabIndex: 0 }}
    />
  );
}

/** A password that is being chosen: the rules are there from the start, and are met one by one. */
export function NewPasswordField({
  value,
  onChange,
  error,
  autoFocus,
  email,
  label,
}: FieldProps & { email: string; label?: string }) {
  const { t } = useTranslation("auth");
  const id = useId();
  const broken = value === "" ? PASSWORD_RULES : brokenRules(value, email);
  return (
    <div>
      <PasswordInput
        name="new-password"
        label={label ?? t("fields.password")}
        autoComplete="new-password"
        maxLength={maxLengthOf("SignUpRequest", "password")}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={error}
        autoFocus={autoFocus}
        aria-describedby={id}
        visibilityToggleButtonProps={{ "aria-label": t("fields.showPassword"), tabIndex: 0 }}
      />
      <StrengthMeter password={value} email={email} />
      <ul className={classes.rules} id={id}>
        {PASSWORD_RULES.map((rule) => {
          const isMet = !broken.includes(rule);
          return (
            <li key={rule} className={classes.rule} data-met={isMet || undefined}>
              {isMet ? <CircleCheck size={13} aria-hidden /> : <Circle size={13} aria-hidden />}
              <span>
                {t(`strength.${rule}`)}
                <span className="yx-visually-hidden">: {t(isMet ? "strength.met" : "strength.unmet")}</span>
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

const METER = {
  weak: { bars: 1, tone: "bad" },
  fair: { bars: 1, tone: "warn" },
  good: { bars: 2, tone: "ok" },
  strong: { bars: 3, tone: "ok" },
} as const;

function StrengthMeter({ password, email }: { password: string; email: string }) {
  const { t } = useTranslation("auth");
  if (password === "") return null;
  const strength = strengthOf(password, email);
  const { bars, tone } = METER[strength];
  return (
    <Group gap={10} mt={8} wrap="nowrap">
      <div className={classes.meter} aria-hidden>
        {[1, 2, 3].map((bar) => (
          <span key={bar} className={classes.bar} data-tone={bar <= bars ? tone : undefined} />
        ))}
      </div>
      <Text size="xs" c="dimmed" w={76} ta="end" aria-live="polite">
        <span className="yx-visually-hidden">{t("strength.label")}: </span>
        {t(`strength.${strength}`)}
      </Text>
    </Group>
  );
}

/** Enough to catch a slip; whether an address exists only a mail can tell. */
export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text.trim()) && text.trim().length <= 254;
}
