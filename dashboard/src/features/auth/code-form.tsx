import { Alert, Anchor, Button, Group, Stack, TextInput } from "@mantine/core";
import { CircleAlert } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/client";
import { maxLengthOf } from "@/api/limits";
import { FormError } from "@/components/form-error";
import classes from "./auth.module.css";
import { AuthHeading } from "./parts";

const CODE_DIGITS = 6;

interface CodeFormProps {
  error: unknown;
  isPending: boolean;
  onSubmit: (code: string) => void;
  onBack: () => void;
}

/** The second step of signing in. */
export function CodeForm({ error, isPending, onSubmit, onBack }: CodeFormProps) {
  const { t } = useTranslation("auth");
  const [isRecovery, setIsRecovery] = useState(false);
  const [code, setCode] = useState("");
  const [isChecked, setIsChecked] = useState(false);
  const isWrongCode =
    error instanceof ApiError &&
    ["two_factor_required", "invalid_credentials", "wrong_code"].includes(error.code);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsChecked(true);
    if (code.trim() !== "" && !isPending) onSubmit(code.trim());
  };
  const type = (text: string) => {
    if (isRecovery) {
      setCode(text);
      return;
    }
    const digits = text.replace(/\D/g, "").slice(0, CODE_DIGITS);
    setCode(digits);
    // The last digit sends it; a wrong code stays, to be corrected.
    if (digits.length === CODE_DIGITS && digits !== code && !isPending) onSubmit(digits);
  };

  return (
    <>
      <AuthHeading
        title={t(isRecovery ? "code.recoveryTitle" : "code.title")}
        text={t(isRecovery ? "code.recoveryText" : "code.text")}
      />
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <TextInput
            key={isRecovery ? "recovery" : "app"}
            className={classes.code}
            label={t(isRecovery ? "code.recoveryLabel" : "code.label")}
            name="code"
            size="lg"
            inputMode={isRecovery ? "text" : "numeric"}
            autoComplete="one-time-code"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={maxLengthOf("SignInRequest", "code")}
            value={code}
            onChange={(event) => type(event.currentTarget.value)}
            error={isChecked && code.trim() === "" ? t("check.code") : null}
            autoFocus
          />
          {isWrongCode ? (
            <Alert color="red" role="alert" icon={<CircleAlert size={18} />}>
              {t("code.wrong")}
            </Alert>
          ) : (
            <FormError error={error} />
          )}
          <Button type="submit" fullWidth loading={isPending}>
            {t("code.submit")}
          </Button>
          <Group justify="space-between">
            <Anchor component="button" type="button" size="sm" onClick={onBack}>
              {t("code.back")}
            </Anchor>
            <Anchor
              component="button"
              type="button"
              size="sm"
              onClick={() => {
                setIsRecovery(!isRecovery);
                setCode("");
                setIsChecked(false);
              }}
            >
              {t(isRecovery ? "code.useApp" : "code.useRecovery")}
            </Anchor>
          </Group>
        </Stack>
      </form>
    </>
  );
}
