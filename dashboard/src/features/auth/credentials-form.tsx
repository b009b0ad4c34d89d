import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Info } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { FormError } from "@/components/form-error";
import { AnchorLink } from "@/components/links/anchor-link";
import { useSearchState } from "@/hooks/use-search-state";
import classes from "./auth.module.css";
import { keptInvite } from "./invite-token";
import { AuthHeading } from "./parts";
import { ProviderButtons } from "./provider-buttons";
import { knownProviderError } from "./provider-errors";
import { authOptionsQuery } from "./queries";
import { EmailField, isEmail, PasswordField } from "./shared/fields";

interface Credentials {
  email: string;
  password: string;
}

interface CredentialsFormProps {
  value: Credentials;
  onChange: (value: Credentials) => void;
  error: unknown;
  isPending: boolean;
  onSubmit: () => void;
  returnTo: string;
}

export function CredentialsForm({
  value,
  onChange,
  error,
  isPending,
  onSubmit,
  returnTo,
}: CredentialsFormProps) {
  const { t } = useTranslation("auth");
  // Without the options signing in still works; what hangs on them is then left out.
  const options = useQuery(authOptionsQuery).data;
  const [isChecked, setIsChecked] = useState(false);
  const emailError = isChecked && !isEmail(value.email) ? t("check.email") : null;
  const passwordError = isChecked && value.password === "" ? t("check.password") : null;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsChecked(true);
    if (isEmail(value.email) && value.password !== "" && !isPending) onSubmit();
  };

  return (
    <>
      <AuthHeading title={t("signIn.title")} />
      <Stack gap="md">
        <Messages hasError={error != null} needsOperator={options?.needs_first_operator ?? false} />
        <form onSubmit={submit} noValidate>
          <Stack gap="md">
            <EmailField
              value={value.email}
              onChange={(email) => onChange({ ...value, email })}
              error={emailError}
              autoFocus
            />
            <div>
              <PasswordField
                value={value.password}
                onChange={(password) => onChange({ ...value, password })}
                error={passwordError}
              />
              <Group justify="flex-end" mt={6}>
                <AnchorLink to="/reset-password" size="sm">
                  {t("signIn.forgot")}
                </AnchorLink>
              </Group>
            </div>
            <FormError error={error} />
            <Button type="submit" fullWidth loading={isPending}>
              {t("signIn.submit")}
            </Button>
          </Stack>
        </form>
      </Stack>
      <ProviderButtons options={options} returnTo={returnTo} />
      <Foot signUp={options?.sign_up} />
      <p className={classes.foot}>
        <AnchorLink to="/revoke-key" size="sm">
          {t("signIn.leakedKey")}
        </AnchorLink>
      </p>
    </>
  );
}

/** Why the visitor is here, where that is not by their own wish. */
function Messages({ hasError, needsOperator }: { hasError: boolean; needsOperator: boolean }) {
  const { t } = useTranslation("auth");
  const [search] = useSearchState();
  if (hasError) return null;
  if (search.error !== undefined) {
    const known = knownProviderError(search.error);
    return (
      <Alert color="red" role="alert" title={t("providerErrors.title")} icon={<CircleAlert size={18} />}>
        <span className="yx-untrusted">
          {known
            ? t(`providerErrors.${known}`)
            : t("providerErrors.other", { code: search.error.slice(0, 64) })}
        </span>
      </Alert>
    );
  }
  const text = needsOperator
    ? t("signIn.needsOperator")
    : search.reason === "session_ended"
      ? t("signIn.ended")
      : search.reason === "password_changed"
        ? t("signIn.passwordChanged")
        : keptInvite() !== null
          ? t("signIn.forInvite")
          : null;
  if (text === null) return null;
  return (
    <Alert color="qing" role="status" icon={<Info size={18} />}>
      {text}
    </Alert>
  );
}

function Foot({ signUp }: { signUp: "open" | "invite" | "closed" | undefined }) {
  const { t } = useTranslation("auth");
  if (signUp === "open" || (signUp === "invite" && keptInvite() !== null)) {
    return (
      <p className={classes.foot}>
        {t("signIn.noAccount")}{" "}
        <AnchorLink to="/sign-up" size="sm" fw={500}>
          {t("signIn.signUp")}
        </AnchorLink>
      </p>
    );
  }
  if (signUp === "invite") {
    return (
      <Text component="p" className={classes.foot}>
        {t("signIn.inviteOnly")}
      </Text>
    );
  }
  return null;
}
