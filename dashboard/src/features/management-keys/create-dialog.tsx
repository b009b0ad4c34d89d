import { Select, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Audience } from "@/api/audience";
import { maxLengthOf } from "@/api/limits";
import type { ManagementKeyWithSecretResponse } from "@/api/types";
import { FormBody, FormDialog } from "@/components/form-dialog";
import type { CreateDialogProps } from "@/components/secret-list-page";
import { DAY_MS } from "@/lib/format";
import { AccessPicker } from "./access-picker";
import { OperatorScopePicker } from "./operator-scope-picker";
import { useCreateManagementKey } from "./queries";
import { type AccessByArea, OPERATOR_READ, scopesOf } from "./scopes";

const EXPIRIES = ["30", "90", "365", "never"] as const;

type Props = CreateDialogProps<ManagementKeyWithSecretResponse> & { audience: Audience };

export function CreateManagementKeyDialog(props: Props) {
  const { t } = useTranslation("management-keys");
  return (
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={t("create")} closesOutside>
      <CreateForm {...props} />
    </FormDialog>
  );
}

function CreateForm({ audience, onClose, onDone }: Props) {
  const { t } = useTranslation("management-keys");
  const create = useCreateManagementKey(audience);
  const isOperator = audience === "operator";
  const [name, setName] = useState("");
  const [expiry, setExpiry] = useState<(typeof EXPIRIES)[number]>("90");
  const [access, setAccess] = useState<AccessByArea>({});
  const [operatorScopes, setOperatorScopes] = useState([OPERATOR_READ]);
  const [isChecked, setIsChecked] = useState(false);
  const scopes = isOperator ? operatorScopes : scopesOf(access);
  const isWithoutScopes = isChecked && scopes.length === 0;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsChecked(true);
    if (name.trim() === "" || scopes.length === 0 || create.isPending) return;
    const end = expiry === "never" ? null : new Date(Date.now() + Number(expiry) * DAY_MS).toISOString();
    create.mutate({ name: name.trim(), scopes, ...(end ? { expires_at: end } : {}) }, { onSuccess: onDone });
  };

  return (
    <FormBody
      onSubmit={submit}
      onCancel={onClose}
      submitLabel={isOperator ? t("operator.submit") : t("submit")}
      isPending={create.isPending}
      error={create.error}
    >
      <TextInput
        label={t("name")}
        description={t("nameText")}
        placeholder={isOperator ? t("operator.namePlaceholder") : t("namePlaceholder")}
        autoComplete="off"
        maxLength={maxLengthOf("CreateManagementKeyRequest", "name")}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={isChecked && name.trim() === "" ? t("nameMissing") : null}
        data-autofocus
      />
      {isOperator ? (
        <OperatorScopePicker
          value={operatorScopes}
          onChange={setOperatorScopes}
          error={isWithoutScopes ? t("operator.scopeNeeded") : null}
        />
      ) : (
        <AccessPicker
          value={access}
          onChange={setAccess}
          error={isWithoutScopes ? t("accessMissing") : null}
        />
      )}
      <Select
        label={t("expiry.label")}
        description={expiry === "never" ? t("expiry.neverText") : undefined}
        inputWrapperOrder={["label", "input", "description", "error"]}
        allowDeselect={false}
        maw={260}
        data={EXPIRIES.map((value) => ({ value, label: t(`expiry.${value}`) }))}
        value={expiry}
        onChange={(value) => setExpiry(EXPIRIES.find((one) => one === value) ?? "90")}
      />
    </FormBody>
  );
}
