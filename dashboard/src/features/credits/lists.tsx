import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { AccountInvoices } from "@/features/invoices/shared/invoices";
import { Orders } from "@/features/payments/shared/orders";
import { useSearchState } from "@/hooks/use-search-state";
import { Entries } from "./entries";

const VIEWS = ["history", "orders", "invoices"] as const;
type View = (typeof VIEWS)[number];

interface ListsProps {
  accountId: string;
  /** Something was bought, or can be. */
  hasOrders: boolean;
}

/** Every movement of credits, every order of them, and the invoices. */
export function Lists({ accountId, hasOrders }: ListsProps) {
  const { t } = useTranslation("payments");
  const [{ view }, setSearch] = useSearchState();
  const shown = VIEWS.find((one) => one === view) ?? "history";
  if (!hasOrders) return <Entries audience={{ accountId }} />;
  return (
    <>
      <SegmentedControl
        mb="md"
        aria-label={t("view")}
        data={VIEWS.map((value) => ({ value, label: t(`views.${value}`) }))}
        value={shown}
        onChange={(next) =>
          // The filters of one list mean nothing in the other.
          void setSearch({
            view: next === "history" ? undefined : next,
            kind: undefined,
            status: undefined,
            query: undefined,
          })
        }
      />
      <List view={shown} accountId={accountId} />
    </>
  );
}

function List({ view, accountId }: { view: View; accountId: string }) {
  if (view === "orders") return <Orders accountId={accountId} />;
  if (view === "invoices") return <AccountInvoices accountId={accountId} />;
  return <Entries audience={{ accountId }} />;
}
