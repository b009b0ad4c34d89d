import { Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import type { Proof } from "@/api/settings-queries";
import { FormError } from "@/components/form-error";

interface ProofDialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  text: string;
  submitLabel: string;
  isDangerous?: boolean;
  /** The dialog stays, with the error, when it fails. */
  onSubmit: (proof: Proof) => Promise<unknown>;
}

/** Before something grave: the password and a code once more. */
export function ProofDialog(props: ProofDialogProps) {
  return (
    <Modal
      opened={props.isOpen}
      onClose={props.onClose}
      title={<Text fw={600}>{props.title}</Text>}
      size="md"
    >
      {props.isOpen ? <ProofForm {...props} /> : null}
    </Modal>
  );
}

function ProofForm({ onClose, text, submitLabel, isDangerous, onSubmit }: ProofDialogProps) {
  const { t } = useTranslation(["settings", "common", "auth"]);
  const { user } = useMe();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isPending, setIsPending] = useState(false);
  const isReady = code.trim() !== "" && (!user.has_password || password !== "");

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isReady || isPending) return;
    setIsPending(true);
    setError(null);
    try {
      await onSubmit({ code: code.trim(), ...(user.has_password ? { password } : {}) });
    } catch (failure) {
      setError(failure);
    }
    setIsPending(false);
  };

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Text size="sm">{text}</Text>
        {user.has_password ? (
          <PasswordInput
            label={t("password.confirmPassword")}
            autoComplete="current-password"
            maxLength={512}
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
          maxLength={64}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <FormError error={error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button
            type="submit"
            color={isDangerous ? "red" : undefined}
            disabled={!isReady}
            loading={isPending}
          >
            {submitLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
