import { Badge, Group } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ModelResponse } from "@/api/types";
import { type Column, DataTable, type TableSource } from "@/components/data-table";
import { MakerMark } from "@/components/maker-mark";
import { useFormat } from "@/hooks/use-format";
import { Capabilities } from "./capabilities";
import { ModelLink } from "./model-link";
import { Availability, TierBadge, useModelWords, usePrice } from "./model-parts";
import classes from "./models.module.css";
import { isChat } from "./shared/catalogue";

export function ModelTable({
  source,
  empty,
  accountId,
  accountTier,
}: {
  source: TableSource<ModelResponse>;
  empty: ReactNode;
  accountId: string;
  accountTier: string;
}) {
  const { t } = useTranslation("models");
  const format = useFormat();
  const price = usePrice();
  const words = useModelWords();
  const navigate = useNavigate();
  // biome-ignore lint/correctness/useExhaustiveDependencies: price and words follow the language as t does
  const columns = useMemo(
    (): Column<ModelResponse>[] => [
      {
        id: "name",
        header: t("columns.model"),
        isTitle: true,
        sortBy: (model) => model.display_name,
        cell: (model) => (
          <Group gap="sm" wrap="nowrap">
            <MakerMark name={model.owned_by} size={28} />
            <div className={classes.name} style={{ maxWidth: 230 }}>
              <ModelLink accountId={accountId} modelId={model.id} className={classes.rowLink}>
                <span className={`yx-untrusted ${classes.clamp}`}>{model.display_name}</span>
              </ModelLink>
              <span className={classes.id} title={model.id}>
                {model.id}
              </span>
            </div>
          </Group>
        ),
      },
      {
        id: "in",
        header: t("columns.input"),
        align: "end",
        sortBy: (model) => model.input_price_nanos ?? Number.MAX_SAFE_INTEGER,
        cell: (model) => price(model, "input"),
      },
      {
        id: "out",
        header: t("columns.output"),
        align: "end",
        sortBy: (model) => model.output_price_nanos ?? Number.MAX_SAFE_INTEGER,
        cell: (model) => price(model, "output"),
      },
      {
        id: "context",
        header: t("context"),
        align: "end",
        sortBy: (model) => model.context_length ?? 0,
        cell: (model) => format.compact(model.context_length),
      },
      {
        id: "capabilities",
        header: t("columns.capabilities"),
        sortBy: (model) => model.capabilities.length,
        cell: (model) =>
          isChat(model) ? (
            <Capabilities names={model.capabilities} />
          ) : (
            <Badge color="gray" miw="max-content">
              {words.type(model.model_type)}
            </Badge>
          ),
      },
      {
        id: "tier",
        header: t("columns.tier"),
        sortBy: (model) => model.min_tier,
        cell: (model) => <TierBadge tier={model.min_tier} />,
      },
      {
        id: "available",
        header: t("columns.available"),
        sortBy: (model) => Number(!model.is_available),
        cell: (model) => <Availability model={model} accountTier={accountTier} />,
      },
    ],
    [t, format, accountId, accountTier],
  );
  return (
    <div className={classes.dense}>
      <DataTable
        label={t("title")}
        columns={columns}
        source={source}
        rowKey={(model) => model.id}
        empty={empty}
        initialSort={{ column: "name", direction: "asc" }}
        onRowClick={(model) =>
          void navigate({ to: "/a/$accountId/models/$", params: { accountId, _splat: model.id } })
        }
      />
    </div>
  );
}
