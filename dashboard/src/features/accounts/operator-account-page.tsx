import { Button, Group, Skeleton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Ban, Coins, Eye, Play } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { AdminAccountResponse } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import layoutClasses from "@/components/layout.module.css";
import { ButtonLink } from "@/components/links/button-link";
import { ParentLink } from "@/components/links/parent-link";
import { PageHeader } from "@/components/page-header";
import { StatCard } from "@/components/stat-card";
import { OperatorKeysCard } from "@/features/api-keys/shared/operator-keys-card";
import { GrantDialog } from "@/features/credits/shared/grant-dialog";
import { UsageCard } from "@/features/usage/shared/usage-card";
import { useFormat } from "@/hooks/use-format";
import classes from "./accounts.module.css";
import { OperatorBudgetsCard } from "./operator-budgets-card";
import { DetailsCard, NotesCard, TierCard } from "./operator-cards";
import { operatorAccountQuery } from "./queries";
import { AccountStatusBadge } from "./status-badge";
import { AccountStatusDialog } from "./status-dialog";

export function OperatorAccountPage() {
  const { t } = useTranslation("accounts");
  const { id = "" } = useParams({ strict: false });
  const account = useQuery(operatorAccountQuery(id));
  const parent = <ParentLink to="/operator/accounts">{t("list.title")}</ParentLink>;
  if (account.data) return <AccountView account={account.data} parent={parent} />;
  return (
    <>
      <PageHeader title={t("operator.title")} parent={parent} />
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
  parent: ReactNode;
}

function AccountView({ account, parent }: AccountViewProps) {
  const { t } = useTranslation("accounts");
  const { t: usage } = useTranslation("usage");
  const { t: credits } = useTranslation("credits");
  const format = useFormat();
  const [isChangingStatus, status] = useDisclosure(false);
  const [isGranting, grant] = useDisclosure(false);
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
            <Button variant="default" leftSection={<Coins size={15} />} onClick={grant.open}>
              {credits("grant")}
            </Button>
            <Button
              variant="default"
              color={isActive ? "red" : undefined}
              leftSection={isActive ? <Ban size={15} /> : <Play size={15} />}
              onClick={status.open}
            >
              {isActive ? t("operator.suspend") : t("operator.reactivate")}
            </Button>
            <ButtonLink
              to="/a/$accountId/overview"
              params={{ accountId: account.id }}
              leftSection={<Eye size={15} />}
            >
              {t("operator.visit")}
            </ButtonLink>
          </>
        }
      />
      <div className={layoutClasses.stats}>
        <StatCard label={t("list.requests30d")} value={format.compact(account.requests_30d)} />
        <StatCard
          label={t("list.charge30d")}
          value={format.headlineMoney(account.charge_nanos_30d)}
          exact={format.exactMoney(account.charge_nanos_30d)}
        />
        <StatCard label={t("list.members")} value={format.number(account.members)} />
        <StatCard label={t("list.apiKeys")} value={format.number(account.api_keys)} />
      </div>
      <div className={classes.split}>
        <div className={layoutClasses.stack}>
          <UsageCard
            audience="operator"
            filter={{ account_id: account.id }}
            groupBy="model"
            fallback="30d"
            title={t("operator.usage")}
            empty={{ title: usage("empty.title"), text: usage("empty.text") }}
          />
          <OperatorKeysCard accountId={account.id} />
        </div>
        <div className={layoutClasses.stack}>
          <TierCard account={account} />
          <OperatorBudgetsCard account={account} />
          <DetailsCard account={account} />
          <NotesCard account={account} />
        </div>
      </div>
      <GrantDialog accountId={account.id} isOpen={isGranting} onClose={grant.close} />
      <AccountStatusDialog account={account} isOpen={isChangingStatus} onClose={status.close} />
    </>
  );
}
