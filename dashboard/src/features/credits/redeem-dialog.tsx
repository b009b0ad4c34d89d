import { TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { useRedeemCode } from "./queries";

interface RedeemDialogProps {
  accountId: string;
  isOpen: boolean;
  onClose: () => void;
}

/** Turns a code into credits of the account. */
export function RedeemDialog(props: RedeemDialogProps) {
  const { t } = useTranslation("credits");
  return (
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={t("redeem")} size="md" closesOutside>
      <RedeemForm {...props} />
    </FormDialog>
  );
}

function RedeemForm({ accountId, onClose }: RedeemDialogProps) {
  const { t } = useTranslation("credits");
  const format = useFormat();
  const notify = useNotify();
  const redeem = useRedeemCode(accountId);
  const [code, setCode] = useState("");
  const [wrongCode, setWrongCode] = useState<string | null>(null);
  const fields = { setFieldError: (_: string, message: string) => setWrongCode(message) };
  const { submit, isPending, error } = useSubmit(fields, ["code"]);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (code.trim() === "" || isPending) return;
    void submit(async () => {
      const redeemed = await redeem.mutateAsync(code.trim());
      notify.done(t("redeemed", { amount: format.money(redeemed.amount_nanos) }));
    }, onClose);
  };
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={t("redeem")}
      isPending={isPending}
      error={error}
      isDisabled={code.trim() === ""}
    >
      <TextInput
        label={t("code")}
        placeholder="YXC-XXXX-XXXX-XXXX-XXXX-XXXX"
        autoComplete="off"
        spellCheck={false}
        maxLength={maxLengthOf("RedeemCodeRequest", "code")}
        value={code}
        error={wrongCode}
        onChange={(event) => {
          setWrongCode(null);
          setCode(event.currentTarget.value);
        }}
      />
    </FormBody>
  );
}
