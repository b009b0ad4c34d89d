import { Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/error-state";
import { Fact, Facts } from "@/components/facts";
import layoutClasses from "@/components/layout.module.css";
import { useFormat } from "@/hooks/use-format";
import { nanosOf } from "@/lib/format";
import { accountBudgetsQuery } from "../queries";
import { BudgetBars } from "./budget-bars";

interface StandingProps {
  accountId: string;
  reader: "account" | "operator";
}

/** What an account spends this month, what that will be at its end, and how its budgets stand. */
export function Standing({ accountId, reader }: StandingProps) {
  const { t } = useTranslation("budgets");
  const format = useFormat();
  const standing = useQuery(accountBudgetsQuery(accountId));
  const { data, error } = standing;
  if (data === undefined) {
    return error ? (
      <ErrorState error={error} onRetry={() => void standing.refetch()} />
    ) : (
      <Skeleton height={120} radius="md" />
    );
  }
  const exact = (dollars: number) => format.exactMoney(nanosOf(dollars));
  return (
    <div className={layoutClasses.stack}>
      <Facts look="lines">
        <Fact label={t("monthToDate")}>
          <span title={exact(data.month_to_date)}>{format.headlineMoney(nanosOf(data.month_to_date))}</span>
        </Fact>
        <Fact label={t("forecast")}>
          <span title={exact(data.month_forecast)}>{format.headlineMoney(nanosOf(data.month_forecast))}</span>
        </Fact>
      </Facts>
      {data.budgets.length > 0 ? (
        <BudgetBars budgets={data.budgets} reader={reader} />
      ) : (
        <Text size="sm" c="dimmed">
          {t("noneOfAccount")}
        </Text>
      )}
    </div>
  );
}
