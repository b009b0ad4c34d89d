import { Button, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import type { LedgerEntryResponse } from "@/api/types";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { isUndoable } from "./kinds";
import { useUndoEntry } from "./queries";

/** Takes back what is left of a grant, or refunds a charge, with a reason. */
export function UndoButton({ entry }: { entry: LedgerEntryResponse }) {
  const { t } = useTranslation("credits");
  const format = useFormat();
  const [isOpen, dialog] = useDisclosure(false);
  if (!isUndoable(entry.kind) || entry.amount_nanos === 0) return null;
  const label = t(entry.kind === "charge" ? "refund" : "takeBack");
  const amount = format.money(Math.abs(entry.amount_nanos));
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={dialog.open} aria-label={`${label} ${amount}`}>
        {label}
      </Button>
      <FormDialog isOpen={isOpen} onClose={dialog.close} title={`${label} ${amount}`} size="md">
        <UndoForm entry={entry} label={label} onClose={dialog.close} />
      </FormDialog>
    </>
  );
}

interface UndoFormProps {
  entry: LedgerEntryResponse;
  label: string;
  onClose: () => void;
}

function UndoForm({ entry, label, onClose }: UndoFormProps) {
  const { t } = useTranslation("credits");
  const notify = useNotify();
  const undo = useUndoEntry();
  const [reason, setReason] = useState("");
  const { submit, isPending, error } = useSubmit();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim() === "" || isPending) return;
    void submit(async () => {
      await undo.mutateAsync({ id: entry.id, reason: reason.trim() });
      notify.done(t("undone"));
    }, onClose);
  };
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={label}
      isPending={isPending}
      error={error}
      isDisabled={reason.trim() === ""}
    >
      <Textarea
        label={t("reason")}
        description={t("reasonText")}
        maxLength={maxLengthOf("UndoLedgerEntryRequest", "reason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </FormBody>
  );
}
