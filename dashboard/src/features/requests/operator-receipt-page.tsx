import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { OperatorRequestReceiptResponse } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { AnchorLink } from "@/components/links/anchor-link";
import { ParentLink } from "@/components/links/parent-link";
import { PageHeader } from "@/components/page-header";
import { useFormat } from "@/hooks/use-format";
import { operatorReceiptQuery } from "./queries";
import classes from "./receipt.module.css";
import { ChargeCard, FactsCard, LimitCard, RouteCard } from "./receipt-cards";
import { ReceiptHeading, ReceiptSkeleton, Verdict } from "./receipt-parts";
import { TimelineCard } from "./timeline-card";
import { TokenCard } from "./token-bar";

/** One request of whichever account, with what the upstream said. */
export function OperatorReceiptPage() {
  const { t } = useTranslation("requests");
  const { t: common } = useTranslation();
  const format = useFormat();
  const { requestId = "" } = useParams({ strict: false });
  const receipt = useQuery(operatorReceiptQuery(requestId));
  const shown = receipt.data;
  return (
    <>
      <PageHeader
        title={t("receipt.title")}
        heading={shown ? <ReceiptHeading receipt={shown} /> : undefined}
        description={
          shown ? <Whose receipt={shown} at={format.date(shown.at, "dateTimeSeconds")} /> : undefined
        }
        parent={<ParentLink to="/operator/errors">{common("nav.errors")}</ParentLink>}
      />
      {receipt.isPending ? (
        <ReceiptSkeleton />
      ) : shown ? (
        <Receipt receipt={shown} />
      ) : (
        <ErrorState error={receipt.error} onRetry={() => void receipt.refetch()} />
      )}
    </>
  );
}

function Whose({ receipt, at }: { receipt: OperatorRequestReceiptResponse; at: string }) {
  return (
    <>
      {at} ·{" "}
      <AnchorLink to="/operator/accounts/$id" params={{ id: receipt.account_id }} className="yx-untrusted">
        {receipt.account_label || receipt.account_id}
      </AnchorLink>
    </>
  );
}

function Receipt({ receipt }: { receipt: OperatorRequestReceiptResponse }) {
  return (
    <>
      <Verdict receipt={receipt} />
      <div className={classes.columns}>
        <div className={classes.column}>
          <RouteCard receipt={receipt} causes={receipt.causes} credentials={receipt.credentials} />
          <TimelineCard receipt={receipt} />
          <TokenCard receipt={receipt} />
        </div>
        <div className={classes.column}>
          <ChargeCard receipt={receipt} />
          <LimitCard receipt={receipt} />
          <FactsCard receipt={receipt} accountId={null} keyName={receipt.api_key_name ?? undefined} />
        </div>
      </div>
    </>
  );
}
