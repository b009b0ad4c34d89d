import { Button, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Coins, Plus } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { AccountBalanceResponse, TierResponse } from "@/api/types";
import { type Column, DataTable, pagedSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { PageHeader } from "@/components/page-header";
import textClasses from "@/components/text.module.css";
import { tiersQuery } from "@/features/tiers/queries";
import { useFormat } from "@/hooks/use-format";
import { useTierName } from "@/hooks/use-tier-name";
import { Batches } from "./batches";
import { Entries } from "./entries";
import { balancesQuery } from "./queries";
import { GrantDialog } from "./shared/grant-dialog";

/** What every account has left, and the whole ledger. */
export function OperatorCreditsPage() {
  const { t } = useTranslation("credits");
  const balances = useInfiniteQuery(balancesQuery);
  const columns = useBalanceColumns();
  const [isGranting, grant] = useDisclosure(false);
  return (
    <>
      <PageHeader
        title={t("operator.title")}
        description={t("operator.text")}
        actions={
          <Button leftSection={<Plus size={15} />} onClick={grant.open}>
            {t("grant")}
          </Button>
        }
      />
      <DataTable
        label={t("operator.balances")}
        columns={columns}
        source={pagedSource(balances)}
        rowKey={(balance) => balance.account_id}
        empty={<EmptyState icon={Coins} title={t("operator.empty")} text={t("operator.emptyText")} />}
      />
      <Batches />
      <Group mt="lg" mb="sm">
        <h2 className={textClasses.heading}>{t("entries")}</h2>
      </Group>
      <Entries audience="operator" />
      <GrantDialog isOpen={isGranting} onClose={grant.close} />
    </>
  );
}

const NO_TIERS: TierResponse[] = [];

function useBalanceColumns(): Column<AccountBalanceResponse>[] {
  const { t } = useTranslation("credits");
  const format = useFormat();
  const tierName = useTierName();
  const tiers = useQuery(tiersQuery).data ?? NO_TIERS;
  return useMemo(
    (): Column<AccountBalanceResponse>[] => [
      {
        id: "account",
        header: t("account"),
        isTitle: true,
        cell: (balance) => (
          <Link
            to="/operator/accounts/$id"
            params={{ id: balance.account_id }}
            className={textClasses.textLink}
          >
            <span className="yx-untrusted">{balance.name || balance.email}</span>
          </Link>
        ),
      },
      {
        id: "tier",
        header: t("tier"),
        cell: (balance) =>
          tierName(balance.tier, tiers.find((tier) => tier.id === balance.tier)?.display_name),
      },
      {
        id: "balance",
        header: t("balance"),
        align: "end",
        cell: (balance) => (
          <span title={format.exactMoney(balance.balance_nanos)}>{format.money(balance.balance_nanos)}</span>
        ),
      },
      {
        id: "held",
        header: t("heldShort"),
        align: "end",
        cell: (balance) => format.money(balance.held_nanos),
      },
    ],
    [t, format, tierName, tiers],
  );
}
