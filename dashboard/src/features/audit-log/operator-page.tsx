import { Button, Card, Skeleton, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ScrollText, SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { auditLogQuery } from "@/api/operator-queries";
import { pagedSource } from "@/components/data-table";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { FilterBar } from "@/components/filter-bar";
import { PageHeader } from "@/components/page-header";
import { SearchField } from "@/components/search-field";
import { useSearchState } from "@/hooks/use-search-state";
import { AuditEntry } from "./operator-entry";
import log from "./operator-entry.module.css";

const AREAS = [
  "account",
  "api_key",
  "user",
  "member",
  "invite",
  "tier",
  "provider",
  "model",
  "deployment",
  "management_key",
] as const;

export function OperatorAuditLogPage() {
  const { t } = useTranslation("operator");
  const { t: common } = useTranslation();
  const [search] = useSearchState();
  const filter = { account_id: search.account_id, action: search.action, actor: search.actor };
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const { rows, error, refetch, hasMore, loadMore, isLoadingMore } = pagedSource(
    useInfiniteQuery(auditLogQuery(filter)),
  );
  return (
    <>
      <PageHeader title={t("audit.title")} description={t("audit.description")} />
      <FilterBar
        filters={[
          {
            name: "action",
            label: t("audit.what"),
            options: AREAS.map((area) => ({ value: area, label: t(`audit.areas.${area}`) })),
            width: 190,
          },
        ]}
      >
        <SearchField name="account_id" label={t("audit.accountId")} />
        <SearchField name="actor" label={t("audit.actorId")} />
      </FilterBar>
      {rows === undefined ? (
        error ? (
          <Card padding={0}>
            <ErrorState error={error} onRetry={refetch} />
          </Card>
        ) : (
          <Stack gap={8} aria-busy>
            {[1, 2, 3, 4, 5, 6].map((place) => (
              <Skeleton key={place} height={52} radius="md" />
            ))}
          </Stack>
        )
      ) : rows.length === 0 ? (
        <Card padding={0}>
          {isFiltered ? (
            <EmptyState icon={SearchX} title={t("noMatch.title")} text={t("noMatch.text")} />
          ) : (
            <EmptyState icon={ScrollText} title={t("audit.empty")} text={t("audit.emptyText")} />
          )}
        </Card>
      ) : (
        <>
          <ul className={log.log} aria-label={t("audit.title")}>
            {rows.map((entry) => (
              <AuditEntry key={entry.id} entry={entry} />
            ))}
          </ul>
          {error ? (
            <Text size="sm" c="red" mt="sm" role="alert">
              {common("errors.stale")}
            </Text>
          ) : null}
          {hasMore ? (
            <Stack align="center" mt="md">
              <Button variant="default" size="xs" onClick={loadMore} loading={isLoadingMore}>
                {common("loadMore")}
              </Button>
            </Stack>
          ) : null}
        </>
      )}
    </>
  );
}
