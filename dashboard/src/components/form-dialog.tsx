import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/client";
import { useErrorText } from "@/hooks/use-error-text";

interface FormDialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  size?: string | number;
  children: ReactNode;
}

/** The frame of a form. Its content is mounted with the dialog, so that every opening begins afresh. */
export function FormDialog({ isOpen, onClose, title, size = "lg", children }: FormDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      size={size}
      title={
        <Text fw={600} className="yx-untrusted">
          {title}
        </Text>
      }
      closeOnClickOutside={false}
      styles={{ header: { background: "var(--yx-surface)", zIndex: 5 }, body: { paddingTop: 4 } }}
    >
      {isOpen ? children : null}
    </Modal>
  );
}

interface FieldErrors {
  setFieldError: (field: string, message: string) => void;
}

/** Sends a form: a refusal that names one of its fields is shown there, any other above the buttons. */
export function useSubmit(form: FieldErrors, fields: readonly string[]) {
  const text = useErrorText();
  const [isPending, setIsPending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (write: () => Promise<unknown>, onDone: () => void) => {
    setIsPending(true);
    setError(null);
    try {
      await write();
      onDone();
    } catch (failure) {
      const param = failure instanceof ApiError ? failure.param?.split(".")[0] : undefined;
      if (param !== undefined && fields.includes(param)) form.setFieldError(param, text(failure));
      else setError(failure);
    } finally {
      setIsPending(false);
    }
  };
  return { submit, isPending, error };
}

interface FormBodyProps {
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  onCancel: () => void;
  submitLabel: string;
  isPending: boolean;
  error: unknown;
  isDisabled?: boolean;
  children: ReactNode;
}

export function FormBody(props: FormBodyProps) {
  const { t } = useTranslation();
  const text = useErrorText();
  return (
    <form onSubmit={props.onSubmit} noValidate>
      <Stack gap="md">
        {props.children}
        {props.error ? (
          <Alert color="red" role="alert" className="yx-untrusted">
            {text(props.error)}
          </Alert>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.onCancel}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={props.isPending} disabled={props.isDisabled}>
            {props.submitLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
