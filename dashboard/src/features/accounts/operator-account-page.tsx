import { Button, Group, Skeleton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Ban, Eye, Play } from "lucide-react";
import { useTranslation } from "react-i18next";
import { accountQuery, operatorUsageQuery } from "@/api/operator-queries";
import type { AdminAccountResponse } from "@/api/types";
import { AccountStatusBadge } from "@/components/badges";
import { ErrorState } from "@/components/error-state";
import classes from "@/components/operator.module.css";
import { PageHeader } from "@/components/page-header";
import { RangePicker } from "@/components/range-picker";
import { StatCard } from "@/components/stat-card";
import { UsageChart } from "@/features/usage/operator-view";
import { useFormat } from "@/hooks/use-format";
import { useRange } from "@/hooks/use-range";
import { DetailsCard, NotesCard, TierCard } from "./operator-cards";
import { AccountStatusDialog } from "./status-dialog";

export function OperatorAccountPage() {
  const { t } = useTranslation("operator");
  const { id } = useParams({ strict: false }) as { id: string };
  const account = useQuery(accountQuery(id));
  const parent = { to: "/operator/accounts", label: t("accounts.title") };
  if (account.data) return <AccountView account={account.data} parent={parent} />;
  return (
    <>
      <PageHeader title={t("account.title")} parent={parent} />
      {account.error ? (
        <ErrorState error={account.error} onRetry={() => void account.refetch()} />
      ) : (
        <div className={classes.split} aria-busy>
          <Skeleton height={420} radius="lg" />
          <Skeleton height={420} radius="lg" />
        </div>
      )}
    </>
  );
}

interface AccountViewProps {
  account: AdminAccountResponse;
  parent: { to: string; label: string };
}

function AccountView({ account, parent }: AccountViewProps) {
  const { t } = useTranslation("operator");
  const format = useFormat();
  const [isChangingStatus, status] = useDisclosure(false);
  const isActive = account.status === "active";
  return (
    <>
      <PageHeader
        title={account.name || account.email}
        heading={
          <Group gap="sm" component="span">
            <span className="yx-untrusted">{account.name || account.email}</span>
            <AccountStatusBadge status={account.status} />
          </Group>
        }
        description={<span className="yx-untrusted">{account.email}</span>}
        parent={parent}
        actions={
          <>
            <Button
              variant="default"
              color={isActive ? "red" : undefined}
              leftSection={isActive ? <Ban size={15} /> : <Play size={15} />}
              onClick={status.open}
            >
              {isActive ? t("account.suspend") : t("account.reactivate")}
            </Button>
            <Button component={Link} to={`/a/${account.id}/overview` as "/"} leftSection={<Eye size={15} />}>
              {t("account.visit")}
            </Button>
          </>
        }
      />
      <div className={classes.stats}>
        <StatCard label={t("accounts.requests30d")} value={format.compact(account.requests_30d)} />
        <StatCard label={t("accounts.charge30d")} value={format.money(account.charge_nanos_30d)} />
        <StatCard label={t("accounts.members")} value={format.number(account.members)} />
        <StatCard label={t("accounts.apiKeys")} value={format.number(account.api_keys)} />
      </div>
      <div className={classes.split}>
        <AccountUsage accountId={account.id} />
        <div className={classes.stack}>
          <TierCard account={account} />
          <DetailsCard account={account} />
          <NotesCard account={account} />
        </div>
      </div>
      <AccountStatusDialog account={account} isOpen={isChangingStatus} onClose={status.close} />
    </>
  );
}

function AccountUsage({ accountId }: { accountId: string }) {
  const { t } = useTranslation("operator");
  const range = useRange("30d");
  const usage = useQuery(
    operatorUsageQuery({
      from: range.from,
      to: range.to,
      step: range.step,
      group_by: "model",
      account_id: accountId,
    }),
  );
  return (
    <section aria-labelledby="account-usage" style={{ minWidth: 0 }}>
      <Group justify="space-between" mb="sm">
        <h2 id="account-usage" className={classes.heading}>
          {t("account.usage")}
        </h2>
        <RangePicker fallback="30d" />
      </Group>
      <UsageChart query={usage} height={300} />
    </section>
  );
}
