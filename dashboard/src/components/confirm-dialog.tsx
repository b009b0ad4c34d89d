import { Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "@/hooks/use-error-text";
import { isolated } from "@/lib/bidi";

interface ConfirmDialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  /** What will happen. */
  children: ReactNode;
  confirmLabel: string;
  /** The write; the dialog closes when it is done and shows the error when it fails. */
  onConfirm: () => Promise<unknown>;
  isDangerous?: boolean;
  /** This must be typed before the button works. */
  typed?: string;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Modal
      opened={props.isOpen}
      onClose={props.onClose}
      title={<Text fw={600}>{props.title}</Text>}
      size="md"
    >
      {/* Mounted with the dialog, so that every opening begins afresh. */}
      {props.isOpen ? <ConfirmForm {...props} /> : null}
    </Modal>
  );
}

function ConfirmForm({ onClose, children, confirmLabel, onConfirm, isDangerous, typed }: ConfirmDialogProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [text, setText] = useState("");
  const [isPending, setIsPending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const isReady = typed === undefined || text.trim() === typed.trim();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isReady || isPending) return;
    setIsPending(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (failure) {
      setError(failure);
      setIsPending(false);
    }
  };

  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <div>{children}</div>
        {typed !== undefined ? (
          <TextInput
            label={t("confirm.type", { text: isolated(typed) })}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            styles={{ label: { overflowWrap: "anywhere" } }}
          />
        ) : null}
        {error ? (
          <Alert color="red" role="alert">
            {errorText(error)}
          </Alert>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus={typed === undefined ? true : undefined}>
            {t("cancel")}
          </Button>
          <Button
            type="submit"
            color={isDangerous ? "red" : undefined}
            disabled={!isReady}
            loading={isPending}
          >
            {confirmLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
