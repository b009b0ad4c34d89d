import {
  Button,
  Group,
  SegmentedControl,
  Select,
  Skeleton,
  Switch,
  Text,
  VisuallyHidden,
} from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { Boxes, FilterX, LayoutGrid, Rows3 } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import type { ModelResponse } from "@/api/types";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { FilterBar } from "@/components/filter-bar";
import { PageHeader } from "@/components/page-header";
import { useNames } from "@/hooks/use-names";
import { useSearchState } from "@/hooks/use-search-state";
import { ModelCard } from "./model-card";
import { ModelTable } from "./model-table";
import classes from "./models.module.css";
import { useModels } from "./queries";
import { facetsOf, findModels, readSort, SORTS } from "./shared/catalogue";

const SKELETONS = ["a", "b", "c", "d", "e", "f"];

export function ModelsPage() {
  const { t } = useTranslation("models");
  const account = useAccount();
  const [search, setSearch] = useSearchState();
  const [layout, setLayout] = useLocalStorage<"cards" | "table">({
    key: "yunxin-models-layout",
    defaultValue: "cards",
    getInitialValueInEffect: false,
  });
  const models = useModels(account.id);
  const found = useMemo(
    () => (models.data ? findModels(models.data, search) : undefined),
    [models.data, search],
  );

  return (
    <>
      <PageHeader title={t("title")} description={t("description")} />
      <Filters models={models.data ?? []}>
        <Switch
          label={t("filters.available")}
          checked={search.available === "yes"}
          onChange={(event) => void setSearch({ available: event.currentTarget.checked ? "yes" : undefined })}
        />
      </Filters>
      <Group justify="space-between" mb="sm" mih={36}>
        <Text size="sm" c="dimmed" role="status">
          {found ? t("count", { count: found.length }) : ""}
        </Text>
        <Group gap="xs">
          {layout === "cards" ? (
            <Select
              aria-label={t("sort.label")}
              data={SORTS.map((value) => ({ value, label: t(`sort.${value}`) }))}
              value={readSort(search)}
              onChange={(value) =>
                void setSearch({ sort: value === "name" ? undefined : (value ?? undefined) })
              }
              allowDeselect={false}
              w={190}
            />
          ) : null}
          <SegmentedControl
            aria-label={t("layout.label")}
            value={layout}
            onChange={(value) => setLayout(value === "table" ? "table" : "cards")}
            data={[
              {
                value: "cards",
                label: <LayoutChoice icon={<LayoutGrid size={16} />} label={t("layout.cards")} />,
              },
              {
                value: "table",
                label: <LayoutChoice icon={<Rows3 size={16} />} label={t("layout.table")} />,
              },
            ]}
          />
        </Group>
      </Group>
      <Catalogue
        found={found}
        hasAny={(models.data?.length ?? 0) > 0}
        error={models.error}
        onRetry={() => void models.refetch()}
        layout={layout}
      />
    </>
  );
}

function LayoutChoice({ icon, label }: { icon: ReactNode; label: string }) {
  return (
    <span style={{ display: "grid", placeItems: "center", height: 20 }} title={label}>
      {icon}
      <VisuallyHidden>{label}</VisuallyHidden>
    </span>
  );
}

function Filters({ models, children }: { models: ModelResponse[]; children: ReactNode }) {
  const { t } = useTranslation("models");
  const typeName = useNames("modelType");
  const capability = useNames("capability");
  const facets = useMemo(() => facetsOf(models), [models]);
  return (
    <FilterBar
      query={{ name: "query", label: t("filters.search") }}
      filters={[
        {
          name: "type",
          label: t("filters.type"),
          width: 140,
          options: facets.types.map((value) => ({ value, label: typeName(value) })),
        },
        {
          name: "capability",
          label: t("filters.capability"),
          options: facets.capabilities.map((value) => ({ value, label: capability(value) })),
        },
        {
          name: "provider",
          label: t("filters.provider"),
          isSearchable: true,
          width: 150,
          options: facets.providers.map((value) => ({ value, label: value })),
        },
      ]}
    >
      {children}
    </FilterBar>
  );
}

function Catalogue({
  found,
  hasAny,
  error,
  onRetry,
  layout,
}: {
  found: ModelResponse[] | undefined;
  hasAny: boolean;
  error: unknown;
  onRetry: () => void;
  layout: "cards" | "table";
}) {
  const { t } = useTranslation("models");
  const { t: common } = useTranslation();
  const account = useAccount();
  const [, setSearch] = useSearchState();
  const empty = hasAny ? (
    <EmptyState
      icon={FilterX}
      title={t("empty.filteredTitle")}
      text={t("empty.filteredText")}
      action={
        <Button
          variant="default"
          onClick={() =>
            void setSearch({
              query: undefined,
              type: undefined,
              capability: undefined,
              provider: undefined,
              available: undefined,
            })
          }
        >
          {common("clearFilters")}
        </Button>
      }
    />
  ) : (
    <EmptyState icon={Boxes} title={t("empty.title")} text={t("empty.text")} />
  );
  if (layout === "table") {
    return (
      <ModelTable
        source={{ rows: found, error, refetch: onRetry }}
        empty={empty}
        accountId={account.id}
        accountTier={account.tier}
      />
    );
  }
  if (!found) {
    if (error) return <ErrorState error={error} onRetry={onRetry} />;
    return (
      <div className={classes.grid} role="status" aria-label={common("loading")}>
        {SKELETONS.map((key) => (
          <Skeleton key={key} height={190} radius="lg" />
        ))}
      </div>
    );
  }
  if (found.length === 0) return empty;
  return (
    <ul className={classes.grid}>
      {found.map((model) => (
        <li key={model.id}>
          <ModelCard model={model} accountId={account.id} accountTier={account.tier} />
        </li>
      ))}
    </ul>
  );
}
