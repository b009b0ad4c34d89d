import { NumberInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import type { RedemptionCodesResponse } from "@/api/types";
import { FormBody, FormDialog, useSubmit } from "@/components/form-dialog";
import { useCreateBatch } from "./queries";

interface BatchDialogProps {
  isOpen: boolean;
  onClose: () => void;
  onDone: (made: RedemptionCodesResponse) => void;
}

/** Makes a batch of codes of the same worth. */
export function BatchDialog(props: BatchDialogProps) {
  const { t } = useTranslation("credits");
  return (
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={t("codes.create")} size="md">
      <BatchForm {...props} />
    </FormDialog>
  );
}

const CODES_MAX = 1000;

function BatchForm({ onClose, onDone }: BatchDialogProps) {
  const { t } = useTranslation("credits");
  const create = useCreateBatch();
  const form = useForm({
    initialValues: { name: "", amount: "", codes: 10 as number | string, expires_at: "" },
    validate: {
      name: (value) => (value.trim() ? null : t("codes.needed")),
      amount: (value) => (value.trim() ? null : t("codes.needed")),
      codes: (value) =>
        typeof value === "number" && value >= 1 && value <= CODES_MAX ? null : t("codes.countWrong"),
    },
  });
  const { submit, isPending, error } = useSubmit(form, ["name", "amount", "codes", "expires_at"]);
  const onSubmit = form.onSubmit((values) =>
    submit(
      async () => {
        const made = await create.mutateAsync({
          name: values.name.trim(),
          amount: values.amount.trim(),
          codes: Number(values.codes),
          expires_at: values.expires_at === "" ? null : `${values.expires_at}T23:59:59Z`,
        });
        onDone(made);
      },
      () => undefined,
    ),
  );
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={t("codes.create")}
      isPending={isPending}
      error={error}
    >
      <TextInput
        label={t("codes.name")}
        maxLength={maxLengthOf("CreateRedemptionBatchRequest", "name")}
        {...form.getInputProps("name")}
      />
      <TextInput
        label={t("codes.worth")}
        placeholder="10"
        inputMode="decimal"
        maxLength={maxLengthOf("CreateRedemptionBatchRequest", "amount")}
        {...form.getInputProps("amount")}
      />
      <NumberInput label={t("codes.count")} min={1} max={CODES_MAX} {...form.getInputProps("codes")} />
      <TextInput
        type="date"
        label={t("codes.expiresLabel")}
        description={t("codes.expiresText")}
        {...form.getInputProps("expires_at")}
      />
    </FormBody>
  );
}
