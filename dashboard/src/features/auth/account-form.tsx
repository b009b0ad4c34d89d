import { Button, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/client";
import { FormError } from "@/components/form-error";
import { EmailField, isEmail, NameField, NewPasswordField } from "./shared/fields";
import { isAcceptable } from "./shared/password";

export interface NewUser {
  email: string;
  password: string;
  name?: string;
}

interface AccountFormProps {
  /** Where the address is given (an invite), it cannot be changed. */
  fixedEmail?: string;
  submitLabel: string;
  error: unknown;
  isPending: boolean;
  onSubmit: (user: NewUser) => void;
}

/** Who a new user is: the same for signing up, for an invite and for the first operator. */
export function AccountForm({ fixedEmail, submitLabel, error, isPending, onSubmit }: AccountFormProps) {
  const { t } = useTranslation("auth");
  const [typedEmail, setEmail] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [isChecked, setIsChecked] = useState(false);
  const email = fixedEmail ?? typedEmail;
  const refused = fieldError(error);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsChecked(true);
    if (!isEmail(email) || !isAcceptable(password, email) || isPending) return;
    onSubmit({ email: email.trim(), password, ...(name.trim() ? { name: name.trim() } : {}) });
  };

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <EmailField
          value={email}
          onChange={setEmail}
          isReadOnly={fixedEmail !== undefined}
          description={fixedEmail === undefined ? undefined : t("signUp.emailFixed")}
          error={refused.email ?? (isChecked && !isEmail(email) ? t("check.email") : null)}
          autoFocus={fixedEmail === undefined}
        />
        <NameField value={name} onChange={setName} error={refused.name} />
        <NewPasswordField
          value={password}
          onChange={setPassword}
          email={email}
          error={refused.password ?? (isChecked && !isAcceptable(password, email) ? t("check.weak") : null)}
        />
        {refused.isShown ? null : <FormError error={error} />}
        <Button type="submit" fullWidth loading={isPending}>
          {submitLabel}
        </Button>
      </Stack>
    </form>
  );
}

/** What the server says about one field stands at that field. */
function fieldError(error: unknown) {
  const at = (field: string) =>
    error instanceof ApiError && error.status === 422 && error.param === field ? error.message : null;
  const fields = { email: at("email"), name: at("name"), password: at("password") };
  return { ...fields, isShown: Object.values(fields).some((message) => message !== null) };
}
