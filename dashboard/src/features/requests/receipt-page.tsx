import { ActionIcon, Group, Tooltip } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useAccount, useMe } from "@/api/session";
import type { RequestReceiptResponse } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { ActionIconLink } from "@/components/links/action-icon-link";
import { ButtonLink } from "@/components/links/button-link";
import { ParentLink } from "@/components/links/parent-link";
import { PageHeader } from "@/components/page-header";
import { allApiKeysQuery } from "@/features/api-keys/queries";
import { useFormat } from "@/hooks/use-format";
import { useSearchState } from "@/hooks/use-search-state";
import { keptFilters } from "./filters";
import { neighboursOf, receiptQuery } from "./queries";
import classes from "./receipt.module.css";
import { ChargeCard, FactsCard, LimitCard, RouteCard } from "./receipt-cards";
import { ReceiptHeading, ReceiptSkeleton, Verdict } from "./receipt-parts";
import { TimelineCard } from "./timeline-card";
import { TokenCard } from "./token-bar";

export function ReceiptPage() {
  const { t } = useTranslation("requests");
  const format = useFormat();
  const account = useAccount();
  const me = useMe();
  const { requestId = "" } = useParams({ strict: false });
  const [search] = useSearchState();
  const receipt = useQuery(receiptQuery(account.id, requestId));
  const shown = receipt.data;
  return (
    <>
      <PageHeader
        title={t("receipt.title")}
        heading={shown ? <ReceiptHeading receipt={shown} /> : undefined}
        description={
          shown ? `${format.date(shown.at, "dateTimeSeconds")} · ${format.relative(shown.at)}` : undefined
        }
        parent={
          <ParentLink
            to="/a/$accountId/requests"
            params={{ accountId: account.id }}
            search={keptFilters(search)}
          >
            {t("title")}
          </ParentLink>
        }
        actions={
          <>
            {me.user.is_operator ? (
              <ButtonLink to="/operator/requests/$requestId" params={{ requestId }} variant="default">
                {t("receipt.asOperator")}
              </ButtonLink>
            ) : null}
            <NeighbourLinks accountId={account.id} requestId={requestId} />
          </>
        }
      />
      {receipt.isPending ? (
        <ReceiptSkeleton />
      ) : shown ? (
        <Receipt receipt={shown} accountId={account.id} />
      ) : (
        <ErrorState error={receipt.error} onRetry={() => void receipt.refetch()} />
      )}
    </>
  );
}

function Receipt({ receipt, accountId }: { receipt: RequestReceiptResponse; accountId: string }) {
  const keys = useQuery(allApiKeysQuery(accountId));
  return (
    <>
      <Verdict receipt={receipt} />
      <div className={classes.columns}>
        <div className={classes.column}>
          <TimelineCard receipt={receipt} />
          <RouteCard receipt={receipt} />
          <TokenCard receipt={receipt} />
        </div>
        <div className={classes.column}>
          <ChargeCard receipt={receipt} />
          <LimitCard receipt={receipt} />
          <FactsCard
            receipt={receipt}
            accountId={accountId}
            keyName={keys.data?.find((key) => key.id === receipt.api_key_id)?.name}
          />
        </div>
      </div>
    </>
  );
}

function NeighbourLinks({ accountId, requestId }: { accountId: string; requestId: string }) {
  const { t } = useTranslation("requests");
  const queryClient = useQueryClient();
  const [search] = useSearchState();
  const { newer, older } = neighboursOf(queryClient, accountId, requestId);
  if (newer === null && older === null) return null;
  const links = [
    { id: newer, label: t("receipt.newer"), icon: <ChevronLeft size={17} /> },
    { id: older, label: t("receipt.older"), icon: <ChevronRight size={17} /> },
  ];
  return (
    <Group gap={4} component="nav" aria-label={t("receipt.neighbours")}>
      {links.map((link) =>
        link.id === null ? (
          <ActionIcon key={link.label} variant="default" size="lg" disabled aria-label={link.label}>
            {link.icon}
          </ActionIcon>
        ) : (
          <Tooltip key={link.label} label={link.label}>
            <ActionIconLink
              variant="default"
              size="lg"
              aria-label={link.label}
              to="/a/$accountId/requests/$requestId"
              params={{ accountId, requestId: link.id }}
              search={keptFilters(search)}
            >
              {link.icon}
            </ActionIconLink>
          </Tooltip>
        ),
      )}
    </Group>
  );
}
