import { Button, Group, PasswordInput, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/client";
import { maxLengthOf } from "@/api/limits";
import { useMe } from "@/api/session";
import { FormError } from "@/components/form-error";
import { Section } from "@/components/section";
import sectionClasses from "@/components/section.module.css";
import { NewPasswordField } from "@/features/auth/shared/fields";
import { isAcceptable } from "@/features/auth/shared/password";
import { useErrorText } from "@/hooks/use-error-text";
import { useNotify } from "@/hooks/use-notify";
import { useChangePassword } from "./queries";

export function PasswordSection() {
  const { t } = useTranslation(["security", "auth"]);
  const { user } = useMe();
  const notify = useNotify();
  const errorText = useErrorText();
  const change = useChangePassword();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [isChecked, setIsChecked] = useState(false);
  const hasCurrent = !user.has_password || current !== "";
  const at = (field: string) =>
    change.error instanceof ApiError && change.error.param === field ? errorText(change.error) : null;
  const refused = { current: at("current_password"), new: at("new_password") };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsChecked(true);
    if (!hasCurrent || !isAcceptable(password, user.email) || change.isPending) return;
    change.mutate(
      { new_password: password, ...(user.has_password ? { current_password: current } : {}) },
      {
        onSuccess: () => {
          notify.done(t("password.done"));
          setCurrent("");
          setPassword("");
          setIsChecked(false);
        },
      },
    );
  };

  return (
    <Section
      title={t("password.title")}
      text={user.has_password ? t("password.textChange") : t("password.textSet")}
    >
      <form onSubmit={submit} className={sectionClasses.narrow} noValidate>
        {/* Password managers file the new password under this. */}
        <input type="text" name="username" autoComplete="username" value={user.email} readOnly hidden />
        <Stack gap="md">
          {user.has_password ? (
            <PasswordInput
              label={t("password.current")}
              autoComplete="current-password"
              maxLength={maxLengthOf("ChangePasswordRequest", "current_password")}
              value={current}
              onChange={(event) => setCurrent(event.currentTarget.value)}
              error={refused.current ?? (isChecked && !hasCurrent ? t("password.enterCurrent") : null)}
              visibilityToggleButtonProps={{ "aria-label": t("auth:fields.showPassword"), tabIndex: 0 }}
            />
          ) : null}
          <NewPasswordField
            label={t("password.new")}
            value={password}
            onChange={setPassword}
            email={user.email}
            error={
              refused.new ?? (isChecked && !isAcceptable(password, user.email) ? t("auth:check.weak") : null)
            }
          />
          {refused.current === null && refused.new === null ? <FormError error={change.error} /> : null}
          <Group>
            <Button type="submit" disabled={password === "" && current === ""} loading={change.isPending}>
              {user.has_password ? t("password.submitChange") : t("password.submitSet")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
