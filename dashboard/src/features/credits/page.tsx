import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { CreditCard, Ticket } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import { ErrorState } from "@/components/error-state";
import layoutClasses from "@/components/layout.module.css";
import { PageHeader } from "@/components/page-header";
import { StatCard } from "@/components/stat-card";
import { BuyDialog } from "@/features/payments/shared/buy-dialog";
import { OrderCard } from "@/features/payments/shared/order-card";
import { usePayments } from "@/features/payments/shared/use-payments";
import { useFormat } from "@/hooks/use-format";
import { Lists } from "./lists";
import { creditsQuery } from "./queries";
import { RedeemDialog } from "./redeem-dialog";

/** What the account has left, and where it came from and went. */
export function BillingPage() {
  const { t } = useTranslation(["credits", "payments"]);
  const account = useAccount();
  const format = useFormat();
  const credits = useQuery(creditsQuery(account.id));
  const payments = usePayments(account.id);
  const [isRedeeming, redeem] = useDisclosure(false);
  const [isBuying, buy] = useDisclosure(false);
  if (credits.error) {
    return (
      <>
        <PageHeader title={t("title")} />
        <ErrorState error={credits.error} onRetry={() => void credits.refetch()} />
      </>
    );
  }
  const isLoading = credits.data === undefined;
  const balance = credits.data?.balance_nanos;
  const held = credits.data?.held_nanos ?? 0;
  return (
    <>
      <PageHeader
        title={t("title")}
        description={t("text")}
        actions={
          account.can("member") ? (
            <>
              <Button
                variant={payments.options ? "default" : undefined}
                leftSection={<Ticket size={15} />}
                onClick={redeem.open}
              >
                {t("redeem")}
              </Button>
              {payments.options ? (
                <Button leftSection={<CreditCard size={15} />} onClick={buy.open} disabled={isLoading}>
                  {t("payments:buy")}
                </Button>
              ) : null}
            </>
          ) : null
        }
      />
      <OrderCard />
      <div className={layoutClasses.stats}>
        <StatCard
          label={t("balance")}
          value={format.headlineMoney(balance)}
          exact={format.exactMoney(balance)}
          detail={held > 0 ? t("held", { amount: format.money(held) }) : undefined}
          isLoading={isLoading}
        />
        <StatCard
          label={t("mode")}
          value={credits.data ? t(`modes.${credits.data.mode}`) : null}
          detail={credits.data ? t(`modeText.${credits.data.mode}`) : undefined}
          isLoading={isLoading}
        />
      </div>
      <Lists accountId={account.id} hasOrders={payments.hasOrders} />
      {payments.options ? (
        <BuyDialog
          accountId={account.id}
          options={payments.options}
          balanceNanos={balance ?? 0}
          isOpen={isBuying}
          onClose={buy.close}
        />
      ) : null}
      <RedeemDialog accountId={account.id} isOpen={isRedeeming} onClose={redeem.close} />
    </>
  );
}
