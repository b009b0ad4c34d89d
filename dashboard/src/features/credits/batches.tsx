import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus, Ticket } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { RedemptionBatchResponse, RedemptionCodesResponse } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { type Column, DataTable, pagedSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { StatusBadge } from "@/components/status-badge";
import textClasses from "@/components/text.module.css";
import { useFormat } from "@/hooks/use-format";
import { useNotify } from "@/hooks/use-notify";
import { BatchDialog } from "./batch-dialog";
import { CodesDialog } from "./codes-dialog";
import { batchesQuery, useVoidBatch } from "./queries";

/** Batches of codes: how many were redeemed, and making and voiding them. */
export function Batches() {
  const { t } = useTranslation("credits");
  const batches = useInfiniteQuery(batchesQuery);
  const columns = useBatchColumns();
  const [isCreating, create] = useDisclosure(false);
  const [made, setMade] = useState<RedemptionCodesResponse | null>(null);
  return (
    <section>
      <Group justify="space-between" mt="lg" mb="sm">
        <h2 className={textClasses.heading}>{t("codes.title")}</h2>
        <Button variant="default" leftSection={<Plus size={15} />} onClick={create.open}>
          {t("codes.create")}
        </Button>
      </Group>
      <DataTable
        label={t("codes.title")}
        columns={columns}
        source={pagedSource(batches)}
        rowKey={(batch) => batch.id}
        isRowDimmed={(batch) => batch.voided_at !== null}
        empty={<EmptyState icon={Ticket} title={t("codes.empty")} text={t("codes.emptyText")} />}
      />
      <BatchDialog
        isOpen={isCreating}
        onClose={create.close}
        onDone={(response) => {
          create.close();
          setMade(response);
        }}
      />
      <CodesDialog made={made} onClose={() => setMade(null)} />
    </section>
  );
}

function useBatchColumns(): Column<RedemptionBatchResponse>[] {
  const { t } = useTranslation("credits");
  const format = useFormat();
  return useMemo(
    (): Column<RedemptionBatchResponse>[] => [
      {
        id: "name",
        header: t("codes.name"),
        isTitle: true,
        cell: (batch) => <span className="yx-untrusted">{batch.name}</span>,
      },
      { id: "amount", header: t("amount"), align: "end", cell: (batch) => format.money(batch.amount_nanos) },
      {
        id: "redeemed",
        header: t("codes.redeemed"),
        align: "end",
        cell: (batch) =>
          t("codes.redeemedOf", {
            redeemed: format.number(batch.redeemed),
            codes: format.number(batch.codes),
          }),
      },
      {
        id: "expires",
        header: t("codes.expires"),
        align: "end",
        cell: (batch) =>
          batch.expires_at === null ? (
            <Text span size="sm" c="dimmed">
              {t("codes.never")}
            </Text>
          ) : (
            <time dateTime={batch.expires_at}>{format.date(batch.expires_at)}</time>
          ),
      },
      {
        id: "actions",
        header: t("actions"),
        isHeaderHidden: true,
        align: "end",
        cell: (batch) => <VoidButton batch={batch} />,
      },
    ],
    [t, format],
  );
}

function VoidButton({ batch }: { batch: RedemptionBatchResponse }) {
  const { t } = useTranslation("credits");
  const notify = useNotify();
  const voided = useVoidBatch();
  const [isAsking, ask] = useDisclosure(false);
  if (batch.voided_at !== null) return <StatusBadge tone="neutral">{t("codes.voided")}</StatusBadge>;
  if (batch.redeemed === batch.codes) return null;
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        onClick={ask.open}
        aria-label={t("codes.voidNamed", { name: batch.name })}
      >
        {t("codes.void")}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={ask.close}
        title={t("codes.voidNamed", { name: batch.name })}
        confirmLabel={t("codes.void")}
        onConfirm={async () => {
          await voided.mutateAsync(batch.id);
          notify.done(t("undone"));
        }}
        isDangerous
      >
        <Text size="sm">{t("codes.voidText")}</Text>
      </ConfirmDialog>
    </>
  );
}
