import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import {
  type FormEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/client";
import { useErrorText } from "@/hooks/use-error-text";
import classes from "./form-dialog.module.css";
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

/** The fields of a form, what went wrong, and its buttons, which stay in view. The keyboard begins at the first field, and goes to the first mistake. */
export function FormBody(props: FormBodyProps) {
  const { t } = useTranslation();
  const form = useRef<HTMLFormElement>(null);
  useFirstField(form, props.isCancelFocused ?? false);
  useFirstMistake(form, props.isPending);
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    props.onSubmit(event);
    focusMistake(form.current);
  };
  return (
    <form onSubmit={onSubmit} noValidate ref={form}>
      <Stack gap="md">
        {props.children}
        <FormError error={props.error} />
        <Group justify="flex-end" gap="xs" className={classes.actions}>
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

const FIELD =
  "input:not([type=hidden], [type=radio], [type=checkbox], [type=search], [readonly], :disabled), textarea:not([readonly], :disabled)";

/** Marks the first field for the dialog, which puts the keyboard there when it opens; a form that says where stays as it is. */
function useFirstField(form: RefObject<HTMLFormElement | null>, isCancelFocused: boolean) {
  useLayoutEffect(() => {
    const element = form.current;
    if (isCancelFocused || !element || element.querySelector("[data-autofocus]")) return;
    element.querySelector(FIELD)?.setAttribute("data-autofocus", "true");
  }, [form, isCancelFocused]);
}

/** What the server says of a field comes when the write has ended. */
function useFirstMistake(form: RefObject<HTMLFormElement | null>, isPending: boolean) {
  const was = useRef(isPending);
  useEffect(() => {
    if (was.current && !isPending) focusMistake(form.current);
    was.current = isPending;
  }, [form, isPending]);
}

/** A field that says so of itself; of a password the frame does, and the field by an attribute of its own. */
const MISTAKE = "input:is([aria-invalid=true], [data-invalid]), textarea[aria-invalid=true]";

/** The mistakes are drawn after the event that found them. */
function focusMistake(form: HTMLFormElement | null) {
  setTimeout(() => {
    form?.querySelector<HTMLElement>(MISTAKE)?.focus();
  }, 0);
}
