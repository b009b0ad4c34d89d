import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Orders } from "@/features/payments/shared/orders";
import { useSearchState } from "@/hooks/use-search-state";
import { Entries } from "./entries";

const VIEWS = ["history", "orders"] as const;

interface ListsProps {
  accountId: string;
  /** Something was bought, or can be. */
  hasOrders: boolean;
}

/** Every movement of credits, and every order of them. */
export function Lists({ accountId, hasOrders }: ListsProps) {
  const { t } = useTranslation("payments");
  const [{ view }, setSearch] = useSearchState();
  if (!hasOrders) return <Entries audience={{ accountId }} />;
  return (
    <>
      <SegmentedControl
        mb="md"
        aria-label={t("view")}
        data={VIEWS.map((value) => ({ value, label: t(`views.${value}`) }))}
        value={view === "orders" ? "orders" : "history"}
        onChange={(next) =>
          // The filters of one list mean nothing in the other.
          void setSearch({
            view: next === "orders" ? next : undefined,
            kind: undefined,
            status: undefined,
            query: undefined,
          })
        }
      />
      {view === "orders" ? <Orders accountId={accountId} /> : <Entries audience={{ accountId }} />}
    </>
  );
}
