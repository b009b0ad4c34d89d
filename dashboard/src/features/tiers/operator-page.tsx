import { ActionIcon, Button, Card, Group, Modal, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Layers, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { modelsQuery, tiersQuery, useDeleteTier } from "@/api/operator-queries";
import type { AdminModelResponse, TierResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { EmptyState } from "@/components/empty-state";
import { Loaded } from "@/components/loaded";
import classes from "@/components/operator.module.css";
import { PageHeader } from "@/components/page-header";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { TierDialog } from "./dialog";
import { reachedModels } from "./shared/tier-changes";
import { asPriority, useTierValue } from "./shared/tier-comparison";

const NO_MODELS: AdminModelResponse[] = [];

export function OperatorTiersPage() {
  const { t } = useTranslation("operator");
  const tiers = useQuery(tiersQuery);
  const models = useQuery(modelsQuery).data ?? NO_MODELS;
  const [isCreating, create] = useDisclosure(false);
  const createButton = (
    <Button leftSection={<Plus size={16} />} onClick={create.open}>
      {t("tiers.create")}
    </Button>
  );
  return (
    <>
      <PageHeader title={t("tiers.title")} description={t("tiers.description")} actions={createButton} />
      <Loaded query={tiers} height={220}>
        {(rows) =>
          rows.length === 0 ? (
            <Card padding={0}>
              <EmptyState
                icon={Layers}
                title={t("tiers.empty")}
                text={t("tiers.emptyText")}
                action={createButton}
              />
            </Card>
          ) : (
            <ul className={classes.tiers} aria-label={t("tiers.title")}>
              {[...rows]
                .sort((left, right) => left.rank - right.rank)
                .map((tier) => (
                  <TierCard key={tier.id} tier={tier} tiers={rows} models={models} />
                ))}
            </ul>
          )
        }
      </Loaded>
      <TierDialog
        tier={null}
        tiers={tiers.data ?? []}
        models={models}
        isOpen={isCreating}
        onClose={create.close}
      />
    </>
  );
}

interface TierCardProps {
  tier: TierResponse;
  tiers: TierResponse[];
  models: AdminModelResponse[];
}

function TierCard({ tier, tiers, models }: TierCardProps) {
  const { t } = useTranslation("operator");
  const format = useFormat();
  const value = useTierValue();
  const [isEditing, edit] = useDisclosure(false);
  const [showsModels, reach] = useDisclosure(false);
  const reached = reachedModels(tier.rank, models, tiers);
  const reachText = `${t("limits.models")}: ${t("tiers.reach", {
    reached: format.number(reached.length),
    all: format.number(models.length),
  })}`;
  return (
    <li className={classes.tier}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <h2 className={`${classes.tierName} yx-untrusted`}>{tier.display_name}</h2>
        <Group gap={0} wrap="nowrap">
          <Tooltip label={t("tiers.edit")}>
            <ActionIcon aria-label={t("tiers.editNamed", { name: tier.display_name })} onClick={edit.open}>
              <Pencil size={15} />
            </ActionIcon>
          </Tooltip>
          <DeleteTier tier={tier} models={models} />
        </Group>
      </Group>
      <Text size="xs" c="dimmed" mt={-10}>
        <span className={classes.mono}>{tier.id}</span> · {t("tiers.accounts", { count: tier.accounts ?? 0 })}
      </Text>
      <PriorityBars priority={tier.priority} />
      <dl className={classes.facts}>
        {(
          [
            "requests_per_minute",
            "tokens_per_minute",
            "requests_per_day",
            "concurrent_requests",
            "account_multiplier",
            "keys_max",
            "price_factor_percent",
          ] as const
        ).map((field) => (
          <div key={field} className={classes.fact}>
            <dt>{t(`limits.${field}`)}</dt>
            <dd data-end>{value(field, tier[field])}</dd>
          </div>
        ))}
      </dl>
      <Button
        variant="default"
        size="xs"
        fullWidth
        mt="auto"
        onClick={reach.open}
        aria-label={`${reachText}, ${tier.display_name}`}
      >
        {reachText}
      </Button>
      <Modal
        opened={showsModels}
        onClose={reach.close}
        size="lg"
        title={<Text fw={600}>{t("tiers.modelsOf", { name: tier.display_name })}</Text>}
      >
        <ReachedModels reached={reached} models={models} />
      </Modal>
      <TierDialog tier={tier} tiers={tiers} models={models} isOpen={isEditing} onClose={edit.close} />
    </li>
  );
}

/** The priority as four steps, with the words beside them. */
function PriorityBars({ priority }: { priority: number }) {
  const { t } = useTranslation("operator");
  return (
    <div className={classes.priority}>
      <span className={classes.priorityBars} aria-hidden>
        {[1, 2, 3, 4].map((step) => (
          <span key={step} data-on={step <= priority || undefined} />
        ))}
      </span>
      <Text size="xs" c="dimmed">
        {t("limits.priority")}: {t(`priorities.${asPriority(priority)}`)}
      </Text>
    </div>
  );
}

export function ReachedModels({ reached, models }: { reached: string[]; models: AdminModelResponse[] }) {
  const { t } = useTranslation("operator");
  const others = models.filter((model) => !reached.includes(model.id));
  return (
    <div className={classes.stack}>
      <div>
        <Text size="sm" fw={550} mb={6}>
          {t("tiers.reached")} ({reached.length})
        </Text>
        {reached.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t("tiers.noneReached")}
          </Text>
        ) : (
          <div className={classes.chips}>
            {reached.map((id) => (
              <span key={id} className={classes.chip}>
                {id}
              </span>
            ))}
          </div>
        )}
      </div>
      {others.length > 0 ? (
        <div>
          <Text size="sm" fw={550} mb={6}>
            {t("tiers.notReached")} ({others.length})
          </Text>
          <div className={classes.chips}>
            {others.map((model) => (
              <span key={model.id} className={classes.chip}>
                {model.id} · {model.min_tier}
              </span>
            ))}
          </div>
        </div>
      ) : null}
    </div>
  );
}

function DeleteTier({ tier, models }: { tier: TierResponse; models: AdminModelResponse[] }) {
  const { t } = useTranslation("operator");
  const notify = useNotify();
  const remove = useDeleteTier();
  const [isOpen, setIsOpen] = useState(false);
  const isUsed = (tier.accounts ?? 0) > 0 || models.some((model) => model.min_tier === tier.id);
  const name = tier.display_name;
  return (
    <>
      <Tooltip label={isUsed ? t("tiers.inUse") : t("tiers.remove")} multiline w={isUsed ? 260 : undefined}>
        <ActionIcon
          aria-label={t("tiers.removeNamed", { name })}
          // Not `disabled`: the tooltip says why it cannot be done, also to the keyboard.
          aria-disabled={isUsed}
          style={{ opacity: isUsed ? 0.35 : undefined }}
          onClick={() => {
            if (!isUsed) setIsOpen(true);
          }}
        >
          <Trash2 size={15} />
        </ActionIcon>
      </Tooltip>
      <ConfirmDialog
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        title={t("tiers.removeNamed", { name })}
        confirmLabel={t("tiers.remove")}
        isDangerous
        typed={tier.id}
        onConfirm={async () => {
          await remove.mutateAsync(tier.id);
          notify.done(t("tiers.removed", { name }));
        }}
      >
        <Text size="sm">{t("tiers.removing", { name })}</Text>
      </ConfirmDialog>
    </>
  );
}
