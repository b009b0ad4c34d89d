import { Button, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Download, FileText, Pencil } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Audience } from "@/api/audience";
import { useAccount } from "@/api/session";
import type { InvoiceResponse } from "@/api/types";
import { type Column, DataTable, pagedSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { FilterBar } from "@/components/filter-bar";
import textClasses from "@/components/text.module.css";
import { useFormat } from "@/hooks/use-format";
import { useSearchState } from "@/hooks/use-search-state";
import { documentUrl, invoicesCsvUrl, invoicesQuery } from "../queries";
import { BillingDetailsDialog } from "./billing-details-dialog";

/** The invoices and credit notes of an account, with what the next ones say of it. */
export function AccountInvoices({ accountId }: { accountId: string }) {
  const { t } = useTranslation("invoices");
  const account = useAccount();
  const [isEditing, edit] = useDisclosure(false);
  return (
    <>
      <Invoices
        audience={{ accountId }}
        actions={
          account.can("admin") ? (
            <Button variant="default" leftSection={<Pencil size={15} />} onClick={edit.open}>
              {t("details.action")}
            </Button>
          ) : null
        }
      />
      <BillingDetailsDialog accountId={accountId} isOpen={isEditing} onClose={edit.close} />
    </>
  );
}

interface InvoicesProps {
  audience: Audience;
  actions?: React.ReactNode;
}

/** Invoices and credit notes, newest first: to find, to read and to take along. */
export function Invoices({ audience, actions }: InvoicesProps) {
  const { t } = useTranslation("invoices");
  const [{ query }] = useSearchState();
  const find = audience === "operator" ? query : undefined;
  const invoices = useInfiniteQuery(invoicesQuery(audience, find));
  const columns = useColumns(audience);
  return (
    <>
      <FilterBar
        filters={[]}
        query={audience === "operator" ? { name: "query", label: t("find") } : undefined}
      >
        <Group gap="xs">
          {actions}
          <Button
            component="a"
            href={invoicesCsvUrl(audience, find)}
            download
            variant="default"
            leftSection={<Download size={15} />}
          >
            {t("export")}
          </Button>
        </Group>
      </FilterBar>
      <DataTable
        label={t("title")}
        columns={columns}
        source={pagedSource(invoices)}
        rowKey={(invoice) => invoice.id}
        empty={
          <EmptyState
            icon={FileText}
            title={find === undefined ? t("empty") : t("noneFound")}
            text={find === undefined ? t("emptyText") : undefined}
          />
        }
      />
    </>
  );
}

function useColumns(audience: Audience): Column<InvoiceResponse>[] {
  const { t, i18n } = useTranslation("invoices");
  const format = useFormat();
  const language = i18n.language;
  return useMemo(() => {
    const columns: Column<InvoiceResponse>[] = [
      {
        id: "number",
        header: t("number"),
        isTitle: true,
        cell: (invoice) => (
          <>
            <a
              href={documentUrl(audience, invoice, { format: "html", language })}
              target="_blank"
              rel="noreferrer"
              className={textClasses.textLink}
            >
              {invoice.number}
            </a>
            {invoice.corrects === null ? null : (
              <span className={textClasses.sub}>{t("correctsOf", { number: invoice.corrects })}</span>
            )}
          </>
        ),
      },
      { id: "kind", header: t("kind"), cell: (invoice) => t(`kinds.${invoice.kind}`) },
      {
        id: "buyer",
        header: t("buyer"),
        cell: (invoice) => <span className="yx-untrusted">{invoice.buyer.name}</span>,
      },
      {
        id: "amount",
        header: t("amount"),
        align: "end",
        cell: (invoice) => (
          <>
            {invoice.kind === "credit_note" ? "−" : null}
            {format.currency(invoice.amount_minor, invoice)}
          </>
        ),
      },
      {
        id: "issued",
        header: t("issued"),
        align: "end",
        cell: (invoice) => (
          <time dateTime={invoice.issued_at} title={format.date(invoice.issued_at)}>
            {format.relative(invoice.issued_at)}
          </time>
        ),
      },
      {
        id: "document",
        header: t("document"),
        align: "end",
        cell: (invoice) => (
          <a
            href={documentUrl(audience, invoice, { format: "pdf", language })}
            download
            className={textClasses.textLink}
            aria-label={t("pdfOf", { number: invoice.number })}
          >
            PDF
          </a>
        ),
      },
    ];
    if (audience === "operator") columns.splice(2, 0, accountColumn(t("account")));
    return columns;
  }, [t, format, audience, language]);
}

function accountColumn(header: string): Column<InvoiceResponse> {
  return {
    id: "account",
    header,
    cell: (invoice) => (
      <Link to="/operator/accounts/$id" params={{ id: invoice.account_id }} className={textClasses.textLink}>
        <span className={textClasses.mono}>{invoice.account_id}</span>
      </Link>
    ),
  };
}
