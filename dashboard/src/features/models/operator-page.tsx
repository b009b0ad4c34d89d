import { ActionIcon, Button, Group, Menu, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Cpu, Ellipsis, Eye, EyeOff, Pencil, Plus, SearchX, Trash2, TriangleAlert } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { AdminModelResponse, TierResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { type Column, DataTable } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { FilterBar } from "@/components/filter-bar";
import { OriginBadge } from "@/components/origin-badge";
import originClasses from "@/components/origin-badge.module.css";
import { PageHeader } from "@/components/page-header";
import textClasses from "@/components/text.module.css";
import { tiersQuery } from "@/features/tiers/queries";
import { useFormat } from "@/hooks/use-format";
import { useNames } from "@/hooks/use-names";
import { useNotify } from "@/hooks/use-notify";
import { useSearchState } from "@/hooks/use-search-state";
import { useTierName } from "@/hooks/use-tier-name";
import { isVirtual, priceOf } from "./form-values";
import classes from "./models.module.css";
import { filterModels } from "./operator-filter";
import { operatorModelsQuery, useDeleteModel } from "./queries";
import { ModelDialog } from "./shared/model-dialog";

const NO_TIERS: TierResponse[] = [];

export function OperatorModelsPage() {
  const { t } = useTranslation(["models", "common"]);
  const [search] = useSearchState();
  const models = useQuery(operatorModelsQuery);
  const tiers = useQuery(tiersQuery).data ?? NO_TIERS;
  const [isCreating, create] = useDisclosure(false);
  const tierName = useTierName();
  const typeName = useNames("modelType");
  const columns = useColumns(tiers);
  const rows = useMemo(
    () => (models.data ? filterModels(models.data, search) : undefined),
    [models.data, search],
  );
  const types = [...new Set(models.data?.map((model) => model.model_type))].sort();
  const addButton = (
    <Button leftSection={<Plus size={16} />} onClick={create.open}>
      {t("operator.add")}
    </Button>
  );
  return (
    <>
      <PageHeader title={t("operator.title")} description={t("operator.description")} actions={addButton} />
      <FilterBar
        query={{ name: "query", label: t("operator.search") }}
        filters={[
          {
            name: "type",
            label: t("operator.type"),
            options: types.map((type) => ({ value: type, label: typeName(type) })),
          },
          {
            name: "tier",
            label: t("operator.minTier"),
            options: tiers.map((tier) => ({ value: tier.id, label: tierName(tier.id, tier.display_name) })),
          },
          {
            name: "origin",
            label: t("common:origin.label"),
            options: (["database", "file", "sandbox"] as const).map((origin) => ({
              value: origin,
              label: t(`common:origin.${origin}`),
            })),
          },
        ]}
      />
      <DataTable
        label={t("operator.title")}
        columns={columns}
        source={{ rows, error: models.error, refetch: () => void models.refetch() }}
        rowKey={(model) => model.id}
        isRowDimmed={(model) => model.deployments === 0 && !isVirtual(model)}
        empty={
          models.data?.length === 0 ? (
            <EmptyState
              icon={Cpu}
              title={t("operator.empty")}
              text={t("operator.emptyText")}
              action={addButton}
            />
          ) : (
            <EmptyState icon={SearchX} title={t("common:noMatch.title")} text={t("common:noMatch.text")} />
          )
        }
      />
      <ModelDialog model={null} isOpen={isCreating} onClose={create.close} />
    </>
  );
}

function useColumns(tiers: TierResponse[]): Column<AdminModelResponse>[] {
  const { t } = useTranslation(["models", "deployments", "common"]);
  const format = useFormat();
  const tierName = useTierName();
  const typeName = useNames("modelType");
  return useMemo(
    () => [
      {
        id: "id",
        header: t("operator.model"),
        isTitle: true,
        sortBy: (model) => model.id,
        cell: (model) => (
          <div>
            <Group gap={6}>
              <Link
                to="/operator/models/$"
                params={{ _splat: model.id }}
                className={`${textClasses.strong} ${textClasses.textLink} yx-untrusted`}
              >
                {model.display_name}
              </Link>
              <OriginBadge origin={model.origin} />
              {model.is_public ? null : (
                <span className={originClasses.origin}>
                  <EyeOff size={12} aria-hidden />
                  {t("operator.hidden")}
                </span>
              )}
            </Group>
            <span className={`${textClasses.sub} ${textClasses.mono}`}>{model.id}</span>
          </div>
        ),
      },
      {
        id: "type",
        header: t("operator.type"),
        sortBy: (model) => model.model_type,
        cell: (model) => typeName(model.model_type),
      },
      {
        id: "tier",
        header: t("operator.minTier"),
        sortBy: (model) => tiers.find((tier) => tier.id === model.min_tier)?.rank ?? 0,
        cell: (model) =>
          tierName(model.min_tier, tiers.find((tier) => tier.id === model.min_tier)?.display_name),
      },
      {
        id: "context",
        header: t("operator.context"),
        align: "end",
        sortBy: (model) => model.context_length ?? 0,
        cell: (model) => format.compact(model.context_length),
      },
      {
        id: "input",
        header: t("operator.inputPrice"),
        align: "end",
        sortBy: (model) => priceOf(model, "input"),
        cell: (model) => format.money(priceOf(model, "input")),
      },
      {
        id: "output",
        header: t("operator.outputPrice"),
        align: "end",
        sortBy: (model) => priceOf(model, "output"),
        cell: (model) => format.money(priceOf(model, "output")),
      },
      {
        id: "deployments",
        header: t("deployments:title"),
        align: "end",
        sortBy: (model) => model.deployments,
        cell: (model) =>
          isVirtual(model) ? (
            <Link to="/operator/models/$" params={{ _splat: model.id }} className={textClasses.textLink}>
              {t("operator.rules.count", { count: model.routes.length })}
            </Link>
          ) : model.deployments > 0 ? (
            <div>
              <Link to="/operator/deployments" search={{ query: model.id }} className={textClasses.textLink}>
                {format.number(model.deployments)}
              </Link>
              {model.deployments_paused === model.deployments ? (
                <span className={classes.warn}>
                  <TriangleAlert size={13} aria-hidden /> {t("operator.allPaused")}
                </span>
              ) : null}
            </div>
          ) : (
            <span className={classes.warn}>
              <TriangleAlert size={13} aria-hidden /> {t("operator.notServed")}
            </span>
          ),
      },
      {
        id: "actions",
        header: t("common:actions"),
        isHeaderHidden: true,
        width: 1,
        cell: (model) => <ModelMenu model={model} />,
      },
    ],
    [t, format, tiers, tierName, typeName],
  );
}

function ModelMenu({ model }: { model: AdminModelResponse }) {
  const { t } = useTranslation(["models", "common"]);
  const notify = useNotify();
  const remove = useDeleteModel();
  const [isEditing, edit] = useDisclosure(false);
  const [isRemoving, removal] = useDisclosure(false);
  const isOurs = model.origin === "database";
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon aria-label={t("common:actionsFor", { name: model.id })}>
            <Ellipsis size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={isOurs ? <Pencil size={15} /> : <Eye size={15} />} onClick={edit.open}>
            {isOurs ? t("common:edit") : t("common:look")}
          </Menu.Item>
          {isOurs ? (
            <Menu.Item color="var(--yx-bad)" leftSection={<Trash2 size={15} />} onClick={removal.open}>
              {t("common:delete")}
            </Menu.Item>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      <ModelDialog model={model} isOpen={isEditing} onClose={edit.close} />
      <ConfirmDialog
        isOpen={isRemoving}
        onClose={removal.close}
        title={t("operator.removeTitle", { id: model.id })}
        confirmLabel={t("operator.remove")}
        isDangerous
        typed={model.id}
        onConfirm={async () => {
          await remove.mutateAsync(model.id);
          notify.done(t("operator.removed", { id: model.id }));
        }}
      >
        <Text size="sm">{t("operator.removeText", { count: model.deployments })}</Text>
      </ConfirmDialog>
    </>
  );
}
