import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Building2, Plus, SearchX } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { AdminAccountResponse, TierResponse } from "@/api/types";
import { type Column, DataTable, pagedSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { FilterBar } from "@/components/filter-bar";
import { PageHeader } from "@/components/page-header";
import textClasses from "@/components/text.module.css";
import { tiersQuery } from "@/features/tiers/queries";
import { useFormat } from "@/hooks/use-format";
import { useSearchState } from "@/hooks/use-search-state";
import { useTierName } from "@/hooks/use-tier-name";
import classes from "./accounts.module.css";
import { CreateAccountDialog } from "./create-dialog";
import { accountsQuery } from "./queries";
import { AccountStatusBadge } from "./status-badge";

const NO_TIERS: TierResponse[] = [];

export function OperatorAccountsPage() {
  const { t } = useTranslation(["accounts", "common"]);
  const [search] = useSearchState();
  const filter = { query: search.query, tier: search.tier, status: search.status };
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const accounts = useInfiniteQuery(accountsQuery(filter));
  const tiers = useQuery(tiersQuery).data ?? NO_TIERS;
  const [isCreating, create] = useDisclosure(false);
  const navigate = useNavigate();
  const tierName = useTierName();
  const columns = useColumns(tiers);
  const createButton = (
    <Button leftSection={<Plus size={16} />} onClick={create.open}>
      {t("list.create")}
    </Button>
  );
  return (
    <>
      <PageHeader title={t("list.title")} description={t("list.description")} actions={createButton} />
      <FilterBar
        query={{ name: "query", label: t("list.search") }}
        filters={[
          {
            name: "tier",
            label: t("list.tier"),
            options: tiers.map((tier) => ({ value: tier.id, label: tierName(tier.id, tier.display_name) })),
          },
          {
            name: "status",
            label: t("list.status"),
            options: (["active", "suspended"] as const).map((status) => ({
              value: status,
              label: t(`status.${status}`),
            })),
          },
        ]}
      />
      <DataTable
        label={t("list.title")}
        columns={columns}
        source={pagedSource(accounts)}
        rowKey={(account) => account.id}
        onRowClick={(account) => void navigate({ to: "/operator/accounts/$id", params: { id: account.id } })}
        isRowDimmed={(account) => account.status === "suspended"}
        empty={
          isFiltered ? (
            <EmptyState icon={SearchX} title={t("common:noMatch.title")} text={t("common:noMatch.text")} />
          ) : (
            <EmptyState
              icon={Building2}
              title={t("list.empty")}
              text={t("list.emptyText")}
              action={createButton}
            />
          )
        }
      />
      <CreateAccountDialog isOpen={isCreating} onClose={create.close} tiers={tiers} />
    </>
  );
}

function useColumns(tiers: TierResponse[]): Column<AdminAccountResponse>[] {
  const { t } = useTranslation("accounts");
  const format = useFormat();
  const tierName = useTierName();
  return useMemo(
    () => [
      {
        id: "name",
        header: t("list.name"),
        isTitle: true,
        sortBy: (account) => account.name || account.email,
        cell: (account) => (
          <div>
            <Link
              to="/operator/accounts/$id"
              params={{ id: account.id }}
              className={textClasses.strong}
              style={{ unicodeBidi: "isolate" }}
            >
              {account.name || account.email}
            </Link>
            {account.name ? <span className={textClasses.sub}>{account.email}</span> : null}
          </div>
        ),
      },
      {
        id: "tier",
        header: t("list.tier"),
        sortBy: (account) => tiers.find((tier) => tier.id === account.tier)?.rank ?? null,
        cell: (account) =>
          tierName(account.tier, tiers.find((tier) => tier.id === account.tier)?.display_name),
      },
      {
        id: "status",
        header: t("list.status"),
        sortBy: (account) => account.status,
        cell: (account) => <AccountStatusBadge status={account.status} />,
      },
      {
        id: "members",
        header: t("list.members"),
        align: "end",
        sortBy: (account) => account.members,
        cell: (account) => format.number(account.members),
      },
      {
        id: "api_keys",
        header: t("list.apiKeys"),
        align: "end",
        sortBy: (account) => account.api_keys,
        cell: (account) => format.number(account.api_keys),
      },
      {
        id: "requests",
        header: t("list.requests30d"),
        align: "end",
        sortBy: (account) => account.requests_30d,
        cell: (account) => format.compact(account.requests_30d),
      },
      {
        id: "charge",
        header: t("list.charge30d"),
        align: "end",
        sortBy: (account) => account.charge_nanos_30d,
        cell: (account) => format.money(account.charge_nanos_30d),
      },
      {
        id: "created",
        header: t("list.created"),
        align: "end",
        hideOnCard: true,
        sortBy: (account) => Date.parse(account.created_at),
        cell: (account) => (
          <time
            dateTime={account.created_at}
            title={format.date(account.created_at)}
            className={classes.noWrap}
          >
            {format.date(account.created_at, "date")}
          </time>
        ),
      },
    ],
    [t, format, tiers, tierName],
  );
}
