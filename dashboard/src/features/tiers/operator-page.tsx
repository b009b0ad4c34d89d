import { ActionIcon, Button, Card, Group, Modal, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Layers, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AdminModelResponse, TierResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { EmptyState } from "@/components/empty-state";
import { Fact, Facts } from "@/components/facts";
import { Loaded } from "@/components/loaded";
import { PageHeader } from "@/components/page-header";
import textClasses from "@/components/text.module.css";
import { operatorModelsQuery } from "@/features/models/queries";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { useTierName } from "@/hooks/use-tier-name";
import { TierDialog } from "./dialog";
import { tiersQuery, useDeleteTier } from "./queries";
import { ReachedModels } from "./reached-models";
import { reachedModels } from "./shared/tier-changes";
import { asPriority, useTierValue } from "./shared/tier-comparison";
import classes from "./tiers.module.css";

const NO_MODELS: AdminModelResponse[] = [];

export function OperatorTiersPage() {
  const { t } = useTranslation("tiers");
  const tiers = useQuery(tiersQuery);
  const models = useQuery(operatorModelsQuery).data ?? NO_MODELS;
  const [isCreating, create] = useDisclosure(false);
  const createButton = (
    <Button leftSection={<Plus size={16} />} onClick={create.open}>
      {t("create")}
    </Button>
  );
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} actions={createButton} />
      <Loaded query={tiers} height={220}>
        {(rows) =>
          rows.length === 0 ? (
            <Card padding={0}>
              <EmptyState icon={Layers} title={t("empty")} text={t("emptyText")} action={createButton} />
            </Card>
          ) : (
            <ul className={classes.tiers} aria-label={t("title")}>
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
  const { t } = useTranslation("tiers");
  const format = useFormat();
  const value = useTierValue();
  const name = useTierName()(tier.id, tier.display_name);
  const [isEditing, edit] = useDisclosure(false);
  const [showsModels, reach] = useDisclosure(false);
  const reached = reachedModels(tier.rank, models, tiers);
  const reachText = `${t("limits.models")}: ${t("reach", {
    reached: format.number(reached.length),
    all: format.number(models.length),
  })}`;
  return (
    <li className={classes.tier}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <h2 className={`${classes.tierName} yx-untrusted`}>{name}</h2>
        <Group gap={0} wrap="nowrap">
          <Tooltip label={t("edit")}>
            <ActionIcon aria-label={t("editNamed", { name })} onClick={edit.open}>
              <Pencil size={15} />
            </ActionIcon>
          </Tooltip>
          <DeleteTier tier={tier} models={models} />
        </Group>
      </Group>
      <Text size="xs" c="dimmed" mt={-10}>
        <span className={textClasses.mono}>{tier.id}</span> · {t("accounts", { count: tier.accounts ?? 0 })}
      </Text>
      <PriorityBars priority={tier.priority} />
      <Facts look="figures">
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
          <Fact key={field} label={t(`limits.${field}`)} isEnd>
            {value(field, tier[field])}
          </Fact>
        ))}
      </Facts>
      {tier.budgets.length > 0 ? (
        <Text size="xs" c="dimmed">
          {t("limits.budgets")}
          <Text span size="sm" fw={550} c="var(--mantine-color-text)" display="block">
            {value("budgets", tier.budgets)}
          </Text>
        </Text>
      ) : null}
      <Button
        variant="default"
        size="xs"
        fullWidth
        mt="auto"
        onClick={reach.open}
        aria-label={`${reachText}, ${name}`}
      >
        {reachText}
      </Button>
      <Modal
        opened={showsModels}
        onClose={reach.close}
        size="lg"
        title={<Text fw={600}>{t("modelsOf", { name })}</Text>}
      >
        <ReachedModels reached={reached} models={models} />
      </Modal>
      <TierDialog tier={tier} tiers={tiers} models={models} isOpen={isEditing} onClose={edit.close} />
    </li>
  );
}

/** The priority as four steps, with the words beside them. */
function PriorityBars({ priority }: { priority: number }) {
  const { t } = useTranslation("tiers");
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

function DeleteTier({ tier, models }: { tier: TierResponse; models: AdminModelResponse[] }) {
  const { t } = useTranslation("tiers");
  const notify = useNotify();
  const remove = useDeleteTier();
  const [isOpen, setIsOpen] = useState(false);
  const isUsed = (tier.accounts ?? 0) > 0 || models.some((model) => model.min_tier === tier.id);
  const name = useTierName()(tier.id, tier.display_name);
  return (
    <>
      <Tooltip label={isUsed ? t("inUse") : t("remove")} multiline w={isUsed ? 260 : undefined}>
        <ActionIcon
          aria-label={t("removeNamed", { name })}
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
        title={t("removeNamed", { name })}
        confirmLabel={t("remove")}
        isDangerous
        typed={tier.id}
        onConfirm={async () => {
          await remove.mutateAsync(tier.id);
          notify.done(t("removed", { name }));
        }}
      >
        <Text size="sm">{t("removing", { name })}</Text>
      </ConfirmDialog>
    </>
  );
}
