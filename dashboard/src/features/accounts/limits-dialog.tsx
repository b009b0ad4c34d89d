import { NumberInput, Select, SimpleGrid, Text } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AccountLimits, AdminAccountResponse, TierResponse } from "@/api/types";
import { FormBody, FormDialog } from "@/components/form-dialog";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { useEditOperatorAccount } from "./queries";

export const LIMITS = [
  "requests_per_minute",
  "tokens_per_minute",
  "requests_per_day",
  "concurrent_requests",
] as const;
type Resource = (typeof LIMITS)[number];

/** `undefined`: as the tier; `null`: unlimited; an empty text: a number that is not typed yet. */
type Draft = Record<Resource, number | null | undefined | "">;

interface LimitsDialogProps {
  account: AdminAccountResponse;
  tier: TierResponse;
  isOpen: boolean;
  onClose: () => void;
}

/** Limits of one account, beside those of its tier. */
export function LimitsDialog(props: LimitsDialogProps) {
  const { t } = useTranslation("accounts");
  return (
    <FormDialog isOpen={props.isOpen} onClose={props.onClose} title={t("operator.changeLimits")}>
      <LimitsForm {...props} />
    </FormDialog>
  );
}

function LimitsForm({ account, tier, onClose }: LimitsDialogProps) {
  const { t } = useTranslation(["accounts", "tiers"]);
  const { t: common } = useTranslation();
  const notify = useNotify();
  const edit = useEditOperatorAccount(account.id);
  const [draft, setDraft] = useState<Draft>(() => draftOf(account.limits));
  const isWhole = LIMITS.every((resource) => draft[resource] !== "");
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (!isWhole) return;
    edit.mutate(
      { limits: limitsOf(draft) },
      {
        onSuccess: () => {
          notify.done(t("operator.limitsSaved"));
          onClose();
        },
      },
    );
  };
  return (
    <FormBody
      onSubmit={onSubmit}
      onCancel={onClose}
      submitLabel={common("save")}
      isPending={edit.isPending}
      error={edit.error}
      isDisabled={!isWhole}
    >
      <Text size="sm" c="dimmed">
        {t("operator.limitsText")}
      </Text>
      {LIMITS.map((resource) => (
        <LimitField
          key={resource}
          resource={resource}
          ofTier={tier[resource]}
          value={draft[resource]}
          onChange={(value) => setDraft({ ...draft, [resource]: value })}
        />
      ))}
    </FormBody>
  );
}

interface LimitFieldProps {
  resource: Resource;
  ofTier: number | null;
  value: Draft[Resource];
  onChange: (value: Draft[Resource]) => void;
}

function LimitField({ resource, ofTier, value, onChange }: LimitFieldProps) {
  const { t } = useTranslation(["accounts", "tiers"]);
  const { t: common } = useTranslation();
  const format = useFormat();
  const mode = value === undefined ? "tier" : value === null ? "none" : "own";
  const label = t(`tiers:limits.${resource}`);
  const shown = ofTier === null ? common("unlimited") : format.number(ofTier);
  return (
    <SimpleGrid cols={2} spacing="sm">
      <Select
        label={label}
        data={[
          { value: "tier", label: t("operator.asTier", { limit: shown }) },
          { value: "none", label: t("operator.noLimit") },
          { value: "own", label: t("operator.ownLimit") },
        ]}
        allowDeselect={false}
        value={mode}
        onChange={(next) => onChange(next === "tier" ? undefined : next === "none" ? null : (ofTier ?? ""))}
      />
      {mode === "own" ? (
        <NumberInput
          label={t("operator.ownLimit")}
          aria-label={t("operator.ownLimitOf", { resource: label })}
          min={0}
          max={1_000_000_000_000}
          allowDecimal={false}
          allowNegative={false}
          thousandSeparator=","
          value={value ?? ""}
          error={value === "" ? t("operator.limitNeeded") : null}
          onChange={(typed) => onChange(typeof typed === "number" ? typed : "")}
        />
      ) : null}
    </SimpleGrid>
  );
}

export function draftOf(limits: AdminAccountResponse["limits"]): Draft {
  return {
    requests_per_minute: limits.requests_per_minute,
    tokens_per_minute: limits.tokens_per_minute,
    requests_per_day: limits.requests_per_day,
    concurrent_requests: limits.concurrent_requests,
  };
}

/** What goes on the wire: a limit that is as the tier has it is left out. */
export function limitsOf(draft: Draft): AccountLimits {
  const limits: AccountLimits = {};
  for (const resource of LIMITS) {
    const value = draft[resource];
    if (value !== undefined && value !== "") limits[resource] = value;
  }
  return limits;
}
