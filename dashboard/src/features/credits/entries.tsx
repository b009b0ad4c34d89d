import { Button, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Coins, Download } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Audience } from "@/api/audience";
import type { LedgerEntryResponse } from "@/api/types";
import { type Column, DataTable, pagedSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { type Filter, FilterBar } from "@/components/filter-bar";
import textClasses from "@/components/text.module.css";
import { useFormat } from "@/hooks/use-format";
import { useSearchState } from "@/hooks/use-search-state";
import { KINDS, kindOf } from "./kinds";
import { ledgerCsvUrl, ledgerQuery } from "./queries";
import { UndoButton } from "./undo-button";

/** Where credits came from and went, newest first. */
export function Entries({ audience }: { audience: Audience }) {
  const { t } = useTranslation("credits");
  const [{ kind, account_id }] = useSearchState();
  const filter = { kind, account: audience === "operator" ? account_id : undefined };
  const entries = useInfiniteQuery(ledgerQuery(audience, filter));
  const columns = useEntryColumns(audience);
  const kinds: Filter = {
    name: "kind",
    label: t("kind"),
    options: KINDS.map((value) => ({ value, label: t(`kinds.${value}`) })),
  };
  return (
    <>
      <FilterBar
        filters={[kinds]}
        query={audience === "operator" ? { name: "account_id", label: t("accountId") } : undefined}
      >
        <Button
          component="a"
          href={ledgerCsvUrl(audience, filter)}
          download
          variant="default"
          leftSection={<Download size={15} />}
        >
          {t("export")}
        </Button>
      </FilterBar>
      <DataTable
        label={t("entries")}
        columns={columns}
        source={pagedSource(entries)}
        rowKey={(entry) => entry.id}
        empty={<EmptyState icon={Coins} title={t("empty")} text={t("emptyText")} />}
      />
    </>
  );
}

function useEntryColumns(audience: Audience): Column<LedgerEntryResponse>[] {
  const { t } = useTranslation("credits");
  const format = useFormat();
  return useMemo(() => {
    const columns: Column<LedgerEntryResponse>[] = [
      {
        id: "kind",
        header: t("kind"),
        isTitle: true,
        cell: (entry) => {
          const kind = kindOf(entry.kind);
          return kind ? t(`kinds.${kind}`) : entry.kind;
        },
      },
      {
        id: "note",
        header: t("note"),
        width: "40%",
        cell: (entry) => <Note entry={entry} audience={audience} />,
      },
      {
        id: "amount",
        header: t("amount"),
        align: "end",
        cell: (entry) => (
          <Text span size="sm" fw={500} title={format.exactMoney(entry.amount_nanos)}>
            {format.money(entry.amount_nanos)}
          </Text>
        ),
      },
      {
        id: "at",
        header: t("at"),
        align: "end",
        cell: (entry) => (
          <time dateTime={entry.at} title={format.date(entry.at)}>
            {format.relative(entry.at)}
          </time>
        ),
      },
    ];
    if (audience !== "operator") return columns;
    return [
      ...columns,
      {
        id: "actions",
        header: t("actions"),
        isHeaderHidden: true,
        align: "end",
        cell: (entry) => <UndoButton entry={entry} />,
      },
    ];
  }, [t, format, audience]);
}

/** The reason of an operator; of a charge the model, and the way to its receipt; of a payment the way to its order. */
function Note({ entry, audience }: { entry: LedgerEntryResponse; audience: Audience }) {
  const account =
    audience === "operator" ? <span className={textClasses.sub}>{entry.account_id}</span> : null;
  return (
    <div>
      <NoteWords entry={entry} audience={audience} /> {account}
    </div>
  );
}

function NoteWords({ entry, audience }: { entry: LedgerEntryResponse; audience: Audience }) {
  const { reference, kind } = entry;
  const words = <span className="yx-untrusted">{entry.note}</span>;
  const className = textClasses.textLink;
  if (isOrder(reference)) {
    return audience === "operator" ? (
      <Link to="/operator/orders/$id" params={{ id: reference }} className={className}>
        {words}
      </Link>
    ) : (
      <Link
        to="/a/$accountId/billing"
        params={{ accountId: audience.accountId }}
        search={{ order: reference }}
        className={className}
      >
        {words}
      </Link>
    );
  }
  if (kind !== "charge") return words;
  const params = { requestId: reference };
  return audience === "operator" ? (
    <Link to="/operator/requests/$requestId" params={params} className={className}>
      {words}
    </Link>
  ) : (
    <Link
      to="/a/$accountId/requests/$requestId"
      params={{ ...params, accountId: audience.accountId }}
      className={className}
    >
      {words}
    </Link>
  );
}

function isOrder(reference: string): boolean {
  return reference.startsWith("ord_");
}
