import { NumberInput, Text, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import type { OrderRow } from "@/api/types";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { useRefundOrder } from "./queries";

interface RefundDialogProps {
  order: OrderRow;
  isOpen: boolean;
  onClose: () => void;
}

/** Takes credits of an order back and sends their money to the payer, with a reason. */
export function RefundDialog(props: RefundDialogProps) {
  const { t } = useTranslation("payments");
  return (
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={t("operator.refundTitle")} size="md">
      <RefundForm {...props} />
    </FormDialog>
  );
}

function RefundForm({ order, onClose }: RefundDialogProps) {
  const { t } = useTranslation("payments");
  const format = useFormat();
  const notify = useNotify();
  const refund = useRefundOrder(order.id);
  const [credits, setCredits] = useState<number | string>("");
  const [reason, setReason] = useState("");
  const [wrongCredits, setWrongCredits] = useState<string | null>(null);
  const fields = { setFieldError: (_: string, message: string) => setWrongCredits(message) };
  const { submit, isPending, error } = useSubmit(fields, ["credits"]);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim() === "" || isPending) return;
    void submit(async () => {
      const body = { reason: reason.trim(), ...(credits === "" ? {} : { credits: String(credits) }) };
      await refund.mutateAsync(body);
      notify.done(t("operator.refundBegun"));
    }, onClose);
  };
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={t("operator.refund")}
      isPending={isPending}
      error={error}
      isDisabled={reason.trim() === ""}
      isDangerous
    >
      <Text size="sm">
        {t("operator.refundText", {
          money: format.currency(order.amount_minor, order),
          credits: format.money(order.credits_nanos),
        })}
      </Text>
      <NumberInput
        label={t("operator.refundCredits")}
        description={t("operator.refundCreditsText")}
        prefix="$"
        min={0}
        decimalScale={9}
        allowNegative={false}
        thousandSeparator=","
        value={credits}
        error={wrongCredits}
        onChange={(value) => {
          setWrongCredits(null);
          setCredits(value);
        }}
      />
      <Textarea
        label={t("reason")}
        description={t("operator.reasonText")}
        required
        maxLength={maxLengthOf("RefundOrderRequest", "reason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </FormBody>
  );
}
