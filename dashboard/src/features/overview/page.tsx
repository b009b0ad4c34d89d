import { Grid, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useAccount } from "@/api/session";
import { PageHeader } from "@/components/page-header";
import { RangePicker } from "@/components/range-picker";
import { AccountBudgetsCard } from "@/features/budgets/shared/account-budgets-card";
import { usePreviousUsage, useUsage } from "@/features/usage/queries";
import { useRange } from "@/hooks/use-range";
import { GettingStarted } from "./getting-started";
import { LatestErrors } from "./latest-errors";
import { LimitsCard } from "./limits-card";
import { StatCards } from "./stat-cards";
import { TopModels } from "./top-models";
import { TrafficCard } from "./traffic-card";

export function OverviewPage() {
  const { t } = useTranslation("overview");
  const account = useAccount();
  const range = useRange("24h");
  const audience = { accountId: account.id };
  const usage = useUsage(audience, range);
  const previous = usePreviousUsage(audience, range);
  return (
    <>
      <PageHeader
        title={t("title")}
        description={t("description")}
        actions={<RangePicker fallback="24h" />}
      />
      <Stack gap="md">
        {/* Nothing that it asks for can be done while the account is suspended. */}
        {account.isVisiting || account.isSuspended ? null : (
          <GettingStarted accountId={account.id} canWrite={account.can("member")} />
        )}
        {/* What failed is said once, in the card below. */}
        {usage.error && !usage.data ? null : <StatCards usage={usage.data} previous={previous.data} />}
        <Grid gap="md">
          <Grid.Col span={{ base: 12, lg: 8 }}>
            <TrafficCard accountId={account.id} usage={usage} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 4 }}>
            <LimitsCard accountId={account.id} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 4 }}>
            <AccountBudgetsCard accountId={account.id} canEdit={account.can("admin")} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 4 }}>
            <TopModels accountId={account.id} range={range} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 4 }}>
            <LatestErrors accountId={account.id} range={range} />
          </Grid.Col>
        </Grid>
      </Stack>
    </>
  );
}
