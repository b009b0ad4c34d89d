import { Button, Card, Group, Select, Skeleton, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Pencil } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { maxLengthOf } from "@/api/limits";
import type { AdminAccountResponse, AdminModelResponse, TierResponse } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { Fact, Facts } from "@/components/facts";
import { FormBody, FormDialog } from "@/components/form-dialog";
import { StatusBadge } from "@/components/status-badge";
import textClasses from "@/components/text.module.css";
import { operatorModelsQuery } from "@/features/models/queries";
import { tiersQuery } from "@/features/tiers/queries";
import { reachedModels } from "@/features/tiers/shared/tier-changes";
import { TierComparison, useTierValue } from "@/features/tiers/shared/tier-comparison";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { useTierName } from "@/hooks/use-tier-name";
import { LIMITS, LimitsDialog } from "./limits-dialog";
import { useEditOperatorAccount } from "./queries";

const NO_TIERS: TierResponse[] = [];
const NO_MODELS: AdminModelResponse[] = [];

/** The account's tier with its limits, and the way to another. */
export function TierCard({ account }: { account: AdminAccountResponse }) {
  const { t } = useTranslation(["accounts", "tiers"]);
  const tierName = useTierName();
  const format = useFormat();
  const value = useTierValue();
  const query = useQuery(tiersQuery);
  const tiers = query.data ?? NO_TIERS;
  const models = useQuery(operatorModelsQuery).data ?? NO_MODELS;
  const [isChanging, change] = useDisclosure(false);
  const [isLimiting, limit] = useDisclosure(false);
  const tier = tiers.find((one) => one.id === account.tier);
  const hasOwnLimits = Object.keys(account.limits).length > 0;
  return (
    <Card padding="md">
      <Group justify="space-between" mb="sm">
        <h2 className={textClasses.heading}>
          {t("list.tier")}: {tierName(account.tier, tier?.display_name)}
        </h2>
        <Group gap={6}>
          <Button size="compact-sm" variant="default" onClick={limit.open} disabled={tier === undefined}>
            {t("operator.changeLimits")}
          </Button>
          <Button size="compact-sm" variant="default" onClick={change.open} disabled={tiers.length < 2}>
            {t("operator.changeTier")}
          </Button>
        </Group>
      </Group>
      {hasOwnLimits ? (
        <Text size="xs" mb="xs" role="status">
          <StatusBadge tone="info">{t("operator.ownLimits")}</StatusBadge>
        </Text>
      ) : null}
      {tier ? (
        <Facts look="dense">
          {(
            [
              "priority",
              "requests_per_minute",
              "tokens_per_minute",
              "requests_per_day",
              "concurrent_requests",
              "keys_max",
              "account_multiplier",
              "price_factor_percent",
              "credits",
            ] as const
          ).map((field) => (
            <Fact key={field} label={t(`tiers:limits.${field}`)}>
              {value(field, field in account.limits ? ownLimit(account, field) : tier[field])}
            </Fact>
          ))}
          <Fact label={t("tiers:limits.models")}>
            {t("tiers:reach", {
              reached: format.number(reachedModels(tier.rank, models, tiers).length),
              all: format.number(models.length),
            })}
          </Fact>
        </Facts>
      ) : query.isPending ? (
        <Skeleton height={150} />
      ) : null}
      <FormDialog isOpen={isChanging} onClose={change.close} title={t("operator.changeTier")}>
        <ChangeTierForm account={account} tiers={tiers} models={models} onClose={change.close} />
      </FormDialog>
      {tier ? <LimitsDialog account={account} tier={tier} isOpen={isLimiting} onClose={limit.close} /> : null}
    </Card>
  );
}

/** The account's own limit of that name; `null` is unlimited. */
function ownLimit(account: AdminAccountResponse, field: string): number | null {
  const resource = LIMITS.find((one) => one === field);
  return resource === undefined ? null : (account.limits[resource] ?? null);
}

interface ChangeTierFormProps {
  account: AdminAccountResponse;
  tiers: TierResponse[];
  models: AdminModelResponse[];
  onClose: () => void;
}

function ChangeTierForm({ account, tiers, models, onClose }: ChangeTierFormProps) {
  const { t } = useTranslation("accounts");
  const tierName = useTierName();
  const notify = useNotify();
  const edit = useEditOperatorAccount(account.id);
  const [chosen, setChosen] = useState(account.tier);
  const before = tiers.find((tier) => tier.id === account.tier);
  const after = tiers.find((tier) => tier.id === chosen);
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    await edit.mutateAsync({ tier: chosen }).then(
      () => {
        notify.done(t("operator.tierChanged", { tier: tierName(chosen, after?.display_name) }));
        onClose();
      },
      () => undefined,
    );
  };
  const keysOver = after?.keys_max != null && account.api_keys > after.keys_max;
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={t("operator.changeTier")}
      isPending={edit.isPending}
      error={edit.error}
      isDisabled={chosen === account.tier}
    >
      <Select
        label={t("operator.newTier")}
        data={tiers.map((tier) => ({ value: tier.id, label: tierName(tier.id, tier.display_name) }))}
        value={chosen}
        onChange={(value) => setChosen(value ?? account.tier)}
        allowDeselect={false}
        data-autofocus
      />
      {before && after ? (
        <TierComparison before={before} after={after} models={models} tiers={tiers} isMove />
      ) : null}
      {keysOver ? (
        <Text size="sm" c="var(--yx-warn)">
          {t("operator.keysOver", { used: account.api_keys, max: after?.keys_max })}
        </Text>
      ) : null}
      <Text size="sm" c="dimmed">
        {t("operator.tierText")}
      </Text>
    </FormBody>
  );
}

export function DetailsCard({ account }: { account: AdminAccountResponse }) {
  const { t } = useTranslation("accounts");
  const { t: common } = useTranslation();
  const format = useFormat();
  const [isRenaming, rename] = useDisclosure(false);
  return (
    <Card padding="md">
      <Group justify="space-between" mb="sm">
        <h2 className={textClasses.heading}>{t("operator.details")}</h2>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<Pencil size={13} />}
          onClick={rename.open}
        >
          {t("operator.rename")}
        </Button>
      </Group>
      <Facts look="dense">
        <Fact label={t("list.name")} className="yx-untrusted">
          {account.name || common("none")}
        </Fact>
        <Fact label={t("list.email")} className="yx-untrusted">
          {account.email}
        </Fact>
        <Fact label={t("operator.id")}>
          <Group gap={2} wrap="nowrap">
            <span className={textClasses.mono}>{account.id}</span>
            <CopyButton value={account.id} label={t("operator.copyId")} />
          </Group>
        </Fact>
        <Fact label={t("list.created")}>{format.date(account.created_at)}</Fact>
      </Facts>
      <Group gap="md" mt="sm">
        <Link to="/operator/audit-log" search={{ account_id: account.id }} className={textClasses.textLink}>
          {t("operator.auditLog")}
        </Link>
        <Link to="/operator/errors" search={{ account_id: account.id }} className={textClasses.textLink}>
          {common("nav.errors")}
        </Link>
        <Link to="/operator/orders" search={{ query: account.id }} className={textClasses.textLink}>
          {common("nav.payments")}
        </Link>
      </Group>
      <FormDialog isOpen={isRenaming} onClose={rename.close} title={t("operator.rename")} size="md">
        <RenameForm account={account} onClose={rename.close} />
      </FormDialog>
    </Card>
  );
}

function RenameForm({ account, onClose }: { account: AdminAccountResponse; onClose: () => void }) {
  const { t } = useTranslation("accounts");
  const { t: common } = useTranslation();
  const edit = useEditOperatorAccount(account.id);
  const [name, setName] = useState(account.name);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    edit.mutate({ name: name.trim() }, { onSuccess: onClose });
  };
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={common("save")}
      isPending={edit.isPending}
      error={edit.error}
      isDisabled={name.trim() === "" || name.trim() === account.name}
    >
      <TextInput
        label={t("list.name")}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={maxLengthOf("EditOperatorAccountRequest", "name")}
        data-autofocus
      />
    </FormBody>
  );
}

export function NotesCard({ account }: { account: AdminAccountResponse }) {
  const { t } = useTranslation("accounts");
  const { t: common } = useTranslation();
  const notify = useNotify();
  const edit = useEditOperatorAccount(account.id);
  const [notes, setNotes] = useState(account.notes);
  const isChanged = notes !== account.notes;
  return (
    <Card padding="md">
      <h2 className={textClasses.heading} id="account-notes">
        {t("operator.notes")}
      </h2>
      <Text size="xs" c="dimmed" mb="xs">
        {t("operator.notesText")}
      </Text>
      <Stack gap="xs">
        <Textarea
          aria-labelledby="account-notes"
          autosize
          minRows={3}
          maxRows={12}
          maxLength={maxLengthOf("EditOperatorAccountRequest", "notes")}
          value={notes}
          onChange={(event) => setNotes(event.currentTarget.value)}
          placeholder={t("operator.notesPlaceholder")}
        />
        {isChanged ? (
          <Group justify="flex-end" gap="xs">
            <Button size="xs" variant="default" onClick={() => setNotes(account.notes)}>
              {common("cancel")}
            </Button>
            <Button
              size="xs"
              loading={edit.isPending}
              onClick={() =>
                edit.mutate(
                  { notes },
                  { onSuccess: () => notify.done(t("operator.notesSaved")), onError: notify.failed },
                )
              }
            >
              {common("save")}
            </Button>
          </Group>
        ) : null}
      </Stack>
    </Card>
  );
}
