import { Button, Group, Modal, Stack, Switch, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApiKeyResponse, UpdateApiKeyRequest } from "@/api/types";
import { FormError } from "@/components/form-error";
import { BudgetFields } from "@/features/budgets/shared/budget-fields";
import { budgetSpecs, budgetValues } from "@/features/budgets/shared/values";
import { OnAnomalyField } from "@/features/key-events/shared/on-anomaly-field";
import { useNotify } from "@/hooks/use-notify";
import { expiresAt, expiryOf } from "./expiry";
import { showAtField } from "./field-error";
import { ExpiryField, type KeyValues, NameField, RestrictionFields, useKeyValidation } from "./key-fields";
import { LimitFields } from "./limit-fields";
import { limitsOf, limitValues } from "./own-limits";
import { useUpdateApiKey } from "./queries";
import { restrictionsOf, restrictionValues } from "./restrictions";

interface EditDialogProps {
  accountId: string;
  /** `null` closes the dialog. */
  apiKey: ApiKeyResponse | null;
  onClose: () => void;
}

/** The name, the expiry, the limits and the restrictions of a key, and what happens on an anomaly. */
export function EditDialog({ accountId, apiKey, onClose }: EditDialogProps) {
  const { t } = useTranslation("api-keys");
  return (
    <Modal
      opened={apiKey !== null}
      onClose={onClose}
      title={<Text fw={600}>{t("edit.title")}</Text>}
      size="lg"
      closeOnClickOutside={false}
    >
      {apiKey ? <EditForm accountId={accountId} apiKey={apiKey} onClose={onClose} /> : null}
    </Modal>
  );
}

function EditForm({ accountId, apiKey, onClose }: EditDialogProps & { apiKey: ApiKeyResponse }) {
  const { t } = useTranslation();
  const { t: ours } = useTranslation("api-keys");
  const notify = useNotify();
  const update = useUpdateApiKey(accountId, apiKey.id);
  const [onAnomaly, setOnAnomaly] = useState(apiKey.anomaly_action);
  const [showsCost, setShowsCost] = useState(apiKey.shows_cost);
  const [cachesPrompts, setCachesPrompts] = useState(apiKey.caches_prompts);
  const isSame =
    onAnomaly === apiKey.anomaly_action &&
    showsCost === apiKey.shows_cost &&
    cachesPrompts === apiKey.caches_prompts;
  const [error, setError] = useState<unknown>(null);
  const form = useForm<KeyValues>({
    initialValues: {
      name: apiKey.name,
      expiry: expiryOf(apiKey.expires_at),
      restrictions: restrictionValues(apiKey.restrictions),
      budgets: budgetValues(apiKey.budgets),
      limits: limitValues(apiKey.limits),
    },
    validate: useKeyValidation(expiryOf(apiKey.expires_at)),
    validateInputOnBlur: true,
  });

  const submit = form.onSubmit(async (values) => {
    setError(null);
    try {
      await update.mutateAsync({
        ...changeOf(apiKey, values),
        ...(onAnomaly === apiKey.anomaly_action ? {} : { anomaly_action: onAnomaly }),
        ...(showsCost === apiKey.shows_cost ? {} : { shows_cost: showsCost }),
        ...(cachesPrompts === apiKey.caches_prompts ? {} : { caches_prompts: cachesPrompts }),
      });
      notify.done(ours("edit.done"));
      onClose();
    } catch (failure) {
      if (!showAtField(form, failure)) setError(failure);
    }
  });

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <NameField form={form} />
        <ExpiryField form={form} />
        <BudgetFields
          budgets={form.values.budgets}
          onChange={(budgets) => form.setFieldValue("budgets", budgets)}
          isChecked={form.errors.budgets != null}
        />
        <LimitFields form={form} accountId={accountId} />
        <RestrictionFields form={form} accountId={accountId} />
        <OnAnomalyField value={onAnomaly} onChange={setOnAnomaly} />
        <Switch
          label={ours("form.showsCost")}
          description={ours("form.showsCostHint")}
          checked={showsCost}
          onChange={(event) => setShowsCost(event.currentTarget.checked)}
        />
        <Switch
          label={ours("form.cachesPrompts")}
          description={ours("form.cachesPromptsHint")}
          checked={cachesPrompts}
          onChange={(event) => setCachesPrompts(event.currentTarget.checked)}
        />
        <Text size="xs" c="dimmed">
          {ours("edit.when")}
        </Text>
        <FormError error={error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={update.isPending} disabled={!form.isDirty() && isSame}>
            {t("save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Only what is different is sent: an expiry that nobody touched keeps its hour. */
function changeOf(apiKey: ApiKeyResponse, values: KeyValues): UpdateApiKeyRequest {
  const change: UpdateApiKeyRequest = {};
  const before = expiryOf(apiKey.expires_at);
  if (values.name.trim() !== apiKey.name) change.name = values.name.trim();
  if (values.expiry.preset !== before.preset || values.expiry.date !== before.date)
    change.expires_at = expiresAt(values.expiry, Date.now());
  const restrictions = restrictionsOf(values.restrictions);
  if (JSON.stringify(restrictions) !== JSON.stringify(apiKey.restrictions))
    change.restrictions = restrictions;
  const budgets = budgetSpecs(values.budgets);
  if (JSON.stringify(budgets) !== JSON.stringify(budgetSpecs(budgetValues(apiKey.budgets))))
    change.budgets = budgets;
  const limits = limitsOf(values.limits);
  if (JSON.stringify(limits) !== JSON.stringify(limitsOf(limitValues(apiKey.limits)))) change.limits = limits;
  return change;
}
