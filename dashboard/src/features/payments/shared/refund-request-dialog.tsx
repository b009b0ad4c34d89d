import { Text, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import type { Order } from "@/api/types";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";
import { useNotify } from "@/hooks/use-notify";
import { useRequestRefund } from "../queries";

interface RefundRequestDialogProps {
  order: Order;
  isOpen: boolean;
  onClose: () => void;
}

/** Asks the operator for money back, with a reason. */
export function RefundRequestDialog(props: RefundRequestDialogProps) {
  const { t } = useTranslation("payments");
  return (
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={t("askRefund")} size="md">
      <RefundRequestForm {...props} />
    </FormDialog>
  );
}

function RefundRequestForm({ order, onClose }: RefundRequestDialogProps) {
  const { t } = useTranslation("payments");
  const notify = useNotify();
  const request = useRequestRefund(order.account_id);
  const [reason, setReason] = useState("");
  const { submit, isPending, error } = useSubmit();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim() === "" || isPending) return;
    void submit(async () => {
      await request.mutateAsync({ id: order.id, reason: reason.trim() });
      notify.done(t("refundAskedDone"));
    }, onClose);
  };
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={t("askRefund")}
      isPending={isPending}
      error={error}
      isDisabled={reason.trim() === ""}
    >
      <Text size="sm">{t("askRefundText")}</Text>
      <Textarea
        label={t("reason")}
        maxLength={maxLengthOf("RequestRefundRequest", "reason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </FormBody>
  );
}
