import { Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import type { BillingDetails } from "@/api/types";
import { FormBody, FormDialog } from "@/components/form-dialog";
import { useNotify } from "@/hooks/use-notify";
import { billingDetailsQuery, useEditBillingDetails } from "../queries";

interface BillingDetailsDialogProps {
  accountId: string;
  isOpen: boolean;
  onClose: () => void;
}

/** What the next invoices say of the buyer. */
export function BillingDetailsDialog({ accountId, isOpen, onClose }: BillingDetailsDialogProps) {
  const { t } = useTranslation("invoices");
  const details = useQuery({ ...billingDetailsQuery(accountId), enabled: isOpen });
  return (
    <FormDialog isOpen={isOpen} onClose={onClose} title={t("details.title")}>
      {details.data ? (
        <DetailsForm accountId={accountId} before={details.data} error={null} onClose={onClose} />
      ) : details.error ? (
        <DetailsForm accountId={accountId} before={NOTHING} error={details.error} onClose={onClose} />
      ) : null}
    </FormDialog>
  );
}

const NOTHING: BillingDetails = { name: "", address: "", tax_id: "" };

interface DetailsFormProps {
  accountId: string;
  before: BillingDetails;
  /** They could not be read: nothing is written over them. */
  error: unknown;
  onClose: () => void;
}

function DetailsForm({ accountId, before, error, onClose }: DetailsFormProps) {
  const { t } = useTranslation("invoices");
  const { t: common } = useTranslation();
  const notify = useNotify();
  const edit = useEditBillingDetails(accountId);
  const [details, setDetails] = useState(before);
  const change = (part: Partial<BillingDetails>) => setDetails((now) => ({ ...now, ...part }));
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    edit.mutate(details, {
      onSuccess: () => {
        notify.done(t("details.saved"));
        onClose();
      },
    });
  };
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={common("save")}
      isPending={edit.isPending}
      error={error ?? edit.error}
      isDisabled={error !== null}
    >
      <TextInput
        label={t("details.name")}
        description={t("details.nameHint")}
        maxLength={maxLengthOf("EditBillingDetailsRequest", "name")}
        autoComplete="organization"
        value={details.name}
        onChange={(event) => change({ name: event.currentTarget.value })}
        data-autofocus
      />
      <Textarea
        label={t("details.address")}
        maxLength={maxLengthOf("EditBillingDetailsRequest", "address")}
        autoComplete="street-address"
        autosize
        minRows={3}
        maxRows={10}
        value={details.address}
        onChange={(event) => change({ address: event.currentTarget.value })}
      />
      <TextInput
        label={t("details.taxId")}
        maxLength={maxLengthOf("EditBillingDetailsRequest", "tax_id")}
        value={details.tax_id}
        onChange={(event) => change({ tax_id: event.currentTarget.value })}
      />
    </FormBody>
  );
}
