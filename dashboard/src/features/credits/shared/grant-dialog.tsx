import { Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";
import { useNotify } from "@/hooks/use-notify";
import { useGrantCredits } from "../queries";

interface GrantDialogProps {
  /** The account, where it is known. */
  accountId?: string;
  isOpen: boolean;
  onClose: () => void;
}

/** Gives an account credits, with a reason that it sees. */
export function GrantDialog(props: GrantDialogProps) {
  const { t } = useTranslation("credits");
  return (
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={t("grant")} size="md">
      <GrantForm {...props} />
    </FormDialog>
  );
}

function GrantForm({ accountId, onClose }: GrantDialogProps) {
  const { t } = useTranslation("credits");
  const notify = useNotify();
  const grant = useGrantCredits();
  const [account, setAccount] = useState(accountId ?? "");
  const [amount, setAmount] = useState("");
  const [reason, setReason] = useState("");
  const [wrongAmount, setWrongAmount] = useState<string | null>(null);
  const fields = { setFieldError: (_: string, message: string) => setWrongAmount(message) };
  const { submit, isPending, error } = useSubmit(fields, ["amount"]);
  const isReady = account.trim() !== "" && amount.trim() !== "" && reason.trim() !== "";
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady || isPending) return;
    void submit(async () => {
      await grant.mutateAsync({ account: account.trim(), amount: amount.trim(), reason: reason.trim() });
      notify.done(t("granted", { amount: amount.trim() }));
    }, onClose);
  };
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={t("grant")}
      isPending={isPending}
      error={error}
      isDisabled={!isReady}
    >
      {accountId === undefined ? (
        <TextInput
          label={t("accountId")}
          placeholder="acct_…"
          autoComplete="off"
          value={account}
          onChange={(event) => setAccount(event.currentTarget.value)}
        />
      ) : null}
      <TextInput
        label={t("amountDollars")}
        placeholder="12.50"
        inputMode="decimal"
        autoComplete="off"
        maxLength={maxLengthOf("GrantCreditsRequest", "amount")}
        value={amount}
        error={wrongAmount}
        onChange={(event) => {
          setWrongAmount(null);
          setAmount(event.currentTarget.value);
        }}
      />
      <Textarea
        label={t("reason")}
        description={t("reasonText")}
        maxLength={maxLengthOf("GrantCreditsRequest", "reason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </FormBody>
  );
}
