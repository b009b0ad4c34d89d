import { Button, Card, Group, Select, Skeleton, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Pencil } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { modelsQuery, tiersQuery, useEditAccount } from "@/api/operator-queries";
import type { AdminAccountResponse, AdminModelResponse, TierResponse } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { FormBody, FormDialog } from "@/components/form-dialog";
import classes from "@/components/operator.module.css";
import { reachedModels } from "@/features/tiers/shared/tier-changes";
import { TierComparison, useTierValue } from "@/features/tiers/shared/tier-comparison";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";

const NO_TIERS: TierResponse[] = [];
const NO_MODELS: AdminModelResponse[] = [];

/** The account's tier with its limits, and the way to another. */
export function TierCard({ account }: { account: AdminAccountResponse }) {
  const { t } = useTranslation("operator");
  const format = useFormat();
  const value = useTierValue();
  const query = useQuery(tiersQuery);
  const tiers = query.data ?? NO_TIERS;
  const models = useQuery(modelsQuery).data ?? NO_MODELS;
  const [isChanging, change] = useDisclosure(false);
  const tier = tiers.find((one) => one.id === account.tier);
  return (
    <Card padding="md">
      <Group justify="space-between" mb="sm">
        <h2 className={classes.heading}>
          {t("accounts.tier")}: {tier?.display_name ?? account.tier}
        </h2>
        <Button size="compact-sm" variant="default" onClick={change.open} disabled={tiers.length < 2}>
          {t("account.changeTier")}
        </Button>
      </Group>
      {tier ? (
        <dl className={classes.facts}>
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
            ] as const
          ).map((field) => (
            <div key={field} className={classes.fact}>
              <dt>{t(`limits.${field}`)}</dt>
              <dd>{value(field, tier[field])}</dd>
            </div>
          ))}
          <div className={classes.fact}>
            <dt>{t("limits.models")}</dt>
            <dd>
              {t("tiers.reach", {
                reached: format.number(reachedModels(tier.rank, models, tiers).length),
                all: format.number(models.length),
              })}
            </dd>
          </div>
        </dl>
      ) : query.isPending ? (
        <Skeleton height={150} />
      ) : null}
      <FormDialog isOpen={isChanging} onClose={change.close} title={t("account.changeTier")}>
        <ChangeTierForm account={account} tiers={tiers} models={models} onClose={change.close} />
      </FormDialog>
    </Card>
  );
}

interface ChangeTierFormProps {
  account: AdminAccountResponse;
  tiers: TierResponse[];
  models: AdminModelResponse[];
  onClose: () => void;
}

function ChangeTierForm({ account, tiers, models, onClose }: ChangeTierFormProps) {
  const { t } = useTranslation("operator");
  const notify = useNotify();
  const edit = useEditAccount(account.id);
  const [chosen, setChosen] = useState(account.tier);
  const before = tiers.find((tier) => tier.id === account.tier);
  const after = tiers.find((tier) => tier.id === chosen);
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    await edit.mutateAsync({ tier: chosen }).then(
      () => {
        notify.done(t("account.tierChanged", { tier: after?.display_name ?? chosen }));
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
      submitLabel={t("account.changeTier")}
      isPending={edit.isPending}
      error={edit.error}
      isDisabled={chosen === account.tier}
    >
      <Select
        label={t("account.newTier")}
        data={tiers.map((tier) => ({ value: tier.id, label: tier.display_name }))}
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
          {t("account.keysOver", { used: account.api_keys, max: after?.keys_max })}
        </Text>
      ) : null}
      <Text size="sm" c="dimmed">
        {t("account.tierText")}
      </Text>
    </FormBody>
  );
}

export function DetailsCard({ account }: { account: AdminAccountResponse }) {
  const { t } = useTranslation("operator");
  const { t: common } = useTranslation();
  const format = useFormat();
  const [isRenaming, rename] = useDisclosure(false);
  return (
    <Card padding="md">
      <Group justify="space-between" mb="sm">
        <h2 className={classes.heading}>{t("account.details")}</h2>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<Pencil size={13} />}
          onClick={rename.open}
        >
          {t("account.rename")}
        </Button>
      </Group>
      <dl className={classes.facts}>
        <div className={classes.fact}>
          <dt>{t("accounts.name")}</dt>
          <dd className="yx-untrusted">{account.name || common("none")}</dd>
        </div>
        <div className={classes.fact}>
          <dt>{t("accounts.email")}</dt>
          <dd className="yx-untrusted">{account.email}</dd>
        </div>
        <div className={classes.fact}>
          <dt>{t("account.id")}</dt>
          <dd>
            <Group gap={2} wrap="nowrap">
              <span className={classes.mono}>{account.id}</span>
              <CopyButton value={account.id} label={t("account.copyId")} />
            </Group>
          </dd>
        </div>
        <div className={classes.fact}>
          <dt>{t("accounts.created")}</dt>
          <dd>{format.date(account.created_at)}</dd>
        </div>
      </dl>
      <Group gap="md" mt="sm">
        <Link to={`/operator/audit-log?account_id=${account.id}` as "/"} className={classes.textLink}>
          {t("account.auditLog")}
        </Link>
      </Group>
      <FormDialog isOpen={isRenaming} onClose={rename.close} title={t("account.rename")} size="md">
        <RenameForm account={account} onClose={rename.close} />
      </FormDialog>
    </Card>
  );
}

function RenameForm({ account, onClose }: { account: AdminAccountResponse; onClose: () => void }) {
  const { t } = useTranslation("operator");
  const { t: common } = useTranslation();
  const edit = useEditAccount(account.id);
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
        label={t("accounts.name")}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={100}
        data-autofocus
      />
    </FormBody>
  );
}

const NOTES_CHARS_MAX = 4000;

export function NotesCard({ account }: { account: AdminAccountResponse }) {
  const { t } = useTranslation("operator");
  const { t: common } = useTranslation();
  const notify = useNotify();
  const edit = useEditAccount(account.id);
  const [notes, setNotes] = useState(account.notes);
  const isChanged = notes !== account.notes;
  return (
    <Card padding="md">
      <h2 className={classes.heading} id="account-notes">
        {t("account.notes")}
      </h2>
      <Text size="xs" c="dimmed" mb="xs">
        {t("account.notesText")}
      </Text>
      <Stack gap="xs">
        <Textarea
          aria-labelledby="account-notes"
          autosize
          minRows={3}
          maxRows={12}
          maxLength={NOTES_CHARS_MAX}
          value={notes}
          onChange={(event) => setNotes(event.currentTarget.value)}
          placeholder={t("account.notesPlaceholder")}
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
                  { onSuccess: () => notify.done(t("account.notesSaved")), onError: notify.failed },
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
