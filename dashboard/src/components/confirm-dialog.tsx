import { TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { isolated } from "@/lib/bidi";
import { FormBody, FormDialog, useSubmit } from "./form-dialog";

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
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={props.title} size="md" closesOutside>
      <ConfirmForm {...props} />
    </FormDialog>
  );
}

function ConfirmForm(props: ConfirmDialogProps) {
  const { onClose, onConfirm, typed } = props;
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const { submit, isPending, error } = useSubmit();
  const isReady = typed === undefined || text.trim() === typed.trim();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !isPending) void submit(onConfirm, onClose);
  };
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={props.confirmLabel}
      isPending={isPending}
      error={error}
      isDisabled={!isReady}
      isDangerous={props.isDangerous}
      isCancelFocused={typed === undefined}
    >
      <div>{props.children}</div>
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
    </FormBody>
  );
}
