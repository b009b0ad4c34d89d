import { Alert, Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/client";
import type { ApiKeyWithSecretResponse, CreateApiKeyRequest, Environment, OnAnomaly } from "@/api/types";
import { BudgetFields } from "@/features/budgets/shared/budget-fields";
import { budgetSpecs } from "@/features/budgets/shared/values";
import { OnAnomalyField } from "@/features/key-events/shared/on-anomaly-field";
import { useErrorText } from "@/hooks/use-error-text";
import { expiresAt } from "./expiry";
import { showAtField } from "./field-error";
import { ExpiryField, type KeyValues, NameField, RestrictionFields, useKeyValidation } from "./key-fields";
import classes from "./key-fields.module.css";
import { LimitFields } from "./limit-fields";
import { countLimits, limitsOf, NO_LIMITS } from "./own-limits";
import { useCreateApiKey } from "./queries";
import { NO_RESTRICTIONS, restrictionsOf } from "./restrictions";

interface CreateDialogProps {
  accountId: string;
  isOpen: boolean;
  onClose: () => void;
  onCreated: (response: ApiKeyWithSecretResponse) => void;
}

export function CreateDialog(props: CreateDialogProps) {
  const { t } = useTranslation("api-keys");
  return (
    <Modal
      opened={props.isOpen}
      onClose={props.onClose}
      title={<Text fw={600}>{t("create.title")}</Text>}
      size="lg"
      // A slip beside the dialog must not throw away what was filled in.
      closeOnClickOutside={false}
    >
      <CreateForm {...props} />
    </Modal>
  );
}

function CreateForm({ accountId, onClose, onCreated }: CreateDialogProps) {
  const { t } = useTranslation();
  const { t: ours } = useTranslation("api-keys");
  const errorText = useErrorText();
  const create = useCreateApiKey(accountId);
  const [environment, setEnvironment] = useState<Environment>("live");
  const [onAnomaly, setOnAnomaly] = useState<OnAnomaly>("notify");
  const [error, setError] = useState<unknown>(null);
  const form = useForm<KeyValues>({
    initialValues: {
      name: "",
      expiry: { preset: "never", date: "" },
      restrictions: NO_RESTRICTIONS,
      budgets: [],
      limits: NO_LIMITS,
    },
    validate: useKeyValidation(),
  });

  const submit = form.onSubmit(async (values) => {
    setError(null);
    try {
      onCreated(await create.mutateAsync(bodyOf(values, environment, onAnomaly)));
      onClose();
    } catch (failure) {
      if (!showAtField(form, failure)) setError(failure);
    }
  });

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <NameField form={form} />
        <Radio.Group
          label={ours("form.environment")}
          value={environment}
          onChange={(value) => setEnvironment(value === "test" ? "test" : "live")}
        >
          <div className={classes.choices}>
            {(["live", "test"] as const).map((value) => (
              <Radio.Card key={value} value={value} className={classes.choice}>
                <Radio.Indicator mt={2} />
                <div>
                  <Text size="sm" fw={500}>
                    {t(`environment.${value}`)}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {ours(`form.environmentHint.${value}`)}
                  </Text>
                </div>
              </Radio.Card>
            ))}
          </div>
        </Radio.Group>
        <ExpiryField form={form} />
        <BudgetFields
          budgets={form.values.budgets}
          onChange={(budgets) => form.setFieldValue("budgets", budgets)}
          isChecked={form.errors.budgets != null}
        />
        <LimitFields form={form} accountId={accountId} />
        <RestrictionFields form={form} accountId={accountId} />
        <OnAnomalyField value={onAnomaly} onChange={setOnAnomaly} />
        {error ? (
          <Alert color="red" role="alert">
            {error instanceof ApiError && error.code === "too_many_keys"
              ? ours("create.tooMany")
              : errorText(error)}
          </Alert>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {ours("create.submit")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function bodyOf(values: KeyValues, environment: Environment, onAnomaly: OnAnomaly): CreateApiKeyRequest {
  const { models, endpoints, networks } = restrictionsOf(values.restrictions);
  const end = expiresAt(values.expiry, Date.now());
  const isNarrowed = models !== null || endpoints !== null || networks !== null;
  return {
    name: values.name.trim(),
    environment,
    ...(end === null ? {} : { expires_at: end }),
    ...(values.budgets.length > 0 ? { budgets: budgetSpecs(values.budgets) } : {}),
    ...(countLimits(values.limits) > 0 ? { limits: limitsOf(values.limits) } : {}),
    ...(onAnomaly === "notify" ? {} : { anomaly_action: onAnomaly }),
    ...(isNarrowed
      ? {
          restrictions: {
            models: models ?? undefined,
            endpoints: endpoints ?? undefined,
            networks: networks ?? undefined,
          },
        }
      : {}),
  };
}
