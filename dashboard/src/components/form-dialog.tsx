import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/client";
import { useErrorText } from "@/hooks/use-error-text";
import { FormError } from "./form-error";

interface FormDialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  size?: string | number;
  /** A click beside it closes it: only where nothing is typed that would be lost. */
  closesOutside?: boolean;
  children: ReactNode;
}

/** The frame of a form. Its content is mounted with the dialog, so that every opening begins afresh. */
export function FormDialog({
  isOpen,
  onClose,
  title,
  size = "lg",
  closesOutside = false,
  children,
}: FormDialogProps) {
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
      closeOnClickOutside={closesOutside}
      styles={{ header: { background: "var(--yx-surface)", zIndex: 5 }, body: { paddingTop: 4 } }}
    >
      {isOpen ? children : null}
    </Modal>
  );
}

interface FieldErrors {
  setFieldError: (field: string, message: string) => void;
}

/** Sends a form: a refusal that names one of its `fields` is shown there, any other above the buttons. */
export function useSubmit(form?: FieldErrors, fields: readonly string[] = []) {
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
      if (form && param !== undefined && fields.includes(param)) form.setFieldError(param, text(failure));
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
  isDangerous?: boolean;
  /** Nothing is to be typed: the keyboard begins at the way out. */
  isCancelFocused?: boolean;
  children: ReactNode;
}

/** The fields of a form, what went wrong, and its buttons. */
export function FormBody(props: FormBodyProps) {
  const { t } = useTranslation();
  return (
    <form onSubmit={props.onSubmit} noValidate>
      <Stack gap="md">
        {props.children}
        <FormError error={props.error} />
        <Group justify="flex-end" gap="xs">
          <Button
            variant="default"
            onClick={props.onCancel}
            data-autofocus={props.isCancelFocused ? true : undefined}
          >
            {t("cancel")}
          </Button>
          <Button
            type="submit"
            color={props.isDangerous ? "red" : undefined}
            loading={props.isPending}
            disabled={props.isDisabled}
          >
            {props.submitLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
