import { PasswordInput, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import { useMe } from "@/api/session";
import type { TwoFactorProofRequest } from "@/api/types";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";

interface ProofDialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  text: string;
  submitLabel: string;
  isDangerous?: boolean;
  /** The dialog stays, with the error, when it fails; its caller closes it. */
  onSubmit: (proof: TwoFactorProofRequest) => Promise<unknown>;
}

/** Before something grave: the password and a code once more. */
export function ProofDialog(props: ProofDialogProps) {
  return (
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={props.title} size="md" closesOutside>
      <ProofForm {...props} />
    </FormDialog>
  );
}

function ProofForm({ onClose, text, submitLabel, isDangerous, onSubmit }: ProofDialogProps) {
  const { t } = useTranslation(["security", "auth"]);
  const { user } = useMe();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const { submit, isPending, error } = useSubmit();
  const isReady = code.trim() !== "" && (!user.has_password || password !== "");
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady || isPending) return;
    const proof = { code: code.trim(), ...(user.has_password ? { password } : {}) };
    void submit(
      () => onSubmit(proof),
      () => undefined,
    );
  };
  return (
    <FormBody
      onSubmit={send}
      onCancel={onClose}
      submitLabel={submitLabel}
      isPending={isPending}
      error={error}
      isDisabled={!isReady}
      isDangerous={isDangerous}
    >
      <Text size="sm">{text}</Text>
      {user.has_password ? (
        <PasswordInput
          label={t("password.confirmPassword")}
          autoComplete="current-password"
          maxLength={maxLengthOf("TwoFactorProofRequest", "password")}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": t("auth:fields.showPassword"), tabIndex: 0 }}
          data-autofocus
        />
      ) : null}
      <TextInput
        label={t("twoFactor.codeOrRecovery")}
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={maxLengthOf("TwoFactorProofRequest", "code")}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
    </FormBody>
  );
}
