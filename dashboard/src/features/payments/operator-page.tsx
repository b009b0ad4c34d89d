import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PageHeader } from "@/components/page-header";
import { Invoices } from "@/features/invoices/shared/invoices";
import { useSearchState } from "@/hooks/use-search-state";
import { OperatorEvents } from "./operator-events";
import { OperatorOrders } from "./operator-orders";

const VIEWS = ["orders", "invoices", "events"] as const;
type View = (typeof VIEWS)[number];

/** Orders and invoices of all accounts, and everything that providers said of payments. */
export function OperatorPaymentsPage() {
  const { t } = useTranslation("payments");
  const [{ view }, setSearch] = useSearchState();
  const shown = VIEWS.find((one) => one === view) ?? "orders";
  return (
    <>
      <PageHeader
        title={t("operator.title")}
        description={t("operator.text")}
        actions={
          <SegmentedControl
            size="xs"
            aria-label={t("operator.view")}
            data={VIEWS.map((value) => ({ value, label: t(`operator.views.${value}`) }))}
            value={shown}
            onChange={(next) => void setSearch({ ...NONE, view: next === "orders" ? undefined : next })}
          />
        }
      />
      <List view={shown} />
    </>
  );
}

function List({ view }: { view: View }) {
  if (view === "events") return <OperatorEvents />;
  if (view === "invoices") return <Invoices audience="operator" />;
  return <OperatorOrders />;
}

/** The filters of one view mean nothing in the other. */
const NONE = {
  query: undefined,
  status: undefined,
  provider: undefined,
  account_id: undefined,
  attention: undefined,
  verdict: undefined,
};
