import { ActionIcon, Group, Skeleton, Text, Tooltip } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Ban, ChevronLeft, ChevronRight, CircleCheck, CircleX, Unplug } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import type { RequestReceiptResponse } from "@/api/types";
import { ErrorState } from "@/components/error-state";
import { ActionIconLink } from "@/components/links/action-icon-link";
import { ParentLink } from "@/components/links/parent-link";
import { PageHeader } from "@/components/page-header";
import { allApiKeysQuery } from "@/features/api-keys/queries";
import { useFormat } from "@/hooks/use-format";
import { useSearchState } from "@/hooks/use-search-state";
import { keptFilters } from "./filters";
import { OutcomeBadge, useOutcomeText } from "./outcome-badge";
import { neighboursOf, receiptQuery } from "./queries";
import classes from "./receipt.module.css";
import { ChargeCard, FactsCard, LimitCard, RouteCard } from "./receipt-cards";
import { endTone, explainedCode } from "./shared/outcome";
import { TimelineCard } from "./timeline-card";
import { TokenCard } from "./token-bar";

export function ReceiptPage() {
  const { t } = useTranslation("requests");
  const format = useFormat();
  const account = useAccount();
  const { requestId = "" } = useParams({ strict: false });
  const [search] = useSearchState();
  const receipt = useQuery(receiptQuery(account.id, requestId));
  const shown = receipt.data;
  return (
    <>
      <PageHeader
        title={t("receipt.title")}
        heading={shown ? <Heading receipt={shown} /> : undefined}
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
        actions={<NeighbourLinks accountId={account.id} requestId={requestId} />}
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

function Heading({ receipt }: { receipt: RequestReceiptResponse }) {
  const { t } = useTranslation("requests");
  return (
    <Group gap="sm" component="span">
      <span>{receipt.model || t("receipt.title")}</span>
      <Text component="span" fz="md" fw={400}>
        <OutcomeBadge outcome={receipt} />
      </Text>
    </Group>
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

const VERDICT_ICONS = { ok: CircleCheck, bad: CircleX, warn: Ban, neutral: CircleX, info: CircleCheck };

/** How it ended and, where something can be done, what. */
function Verdict({ receipt }: { receipt: RequestReceiptResponse }) {
  const { t } = useTranslation("requests");
  const words = useOutcomeText();
  const tone = endTone(receipt.end_reason);
  const code = explainedCode(receipt.error_code);
  const Icon = receipt.end_reason === "client_closed" ? Unplug : VERDICT_ICONS[tone];
  return (
    <section className={classes.verdict} data-tone={tone} aria-label={t("receipt.verdict")}>
      <Icon size={19} className={classes.verdictIcon} aria-hidden />
      <div>
        <Text fw={600}>
          {words.label(receipt)}
          {receipt.error_code ? (
            <Text component="code" ml={8} fz="sm" c="dimmed" ff="monospace" className="yx-untrusted">
              {receipt.error_code}
            </Text>
          ) : null}
        </Text>
        <Text size="sm" c="dimmed" mt={2} maw={720}>
          {words.text(receipt) || t("receipt.unexplained", { reason: receipt.end_reason })}
        </Text>
        {code ? (
          <Text size="sm" mt={4} maw={720}>
            {t(`code.${code}.fix`)}
          </Text>
        ) : null}
      </div>
    </section>
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

function ReceiptSkeleton() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t("loading")}>
      <Skeleton height={78} radius="lg" mb="md" />
      <div className={classes.columns}>
        <div className={classes.column}>
          <Skeleton height={210} radius="lg" />
          <Skeleton height={150} radius="lg" />
          <Skeleton height={160} radius="lg" />
        </div>
        <div className={classes.column}>
          <Skeleton height={130} radius="lg" />
          <Skeleton height={130} radius="lg" />
          <Skeleton height={280} radius="lg" />
        </div>
      </div>
    </div>
  );
}
