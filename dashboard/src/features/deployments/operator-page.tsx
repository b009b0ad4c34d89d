import { Button, Card } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { HeartPulse, Plus, SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/empty-state";
import { FilterBar } from "@/components/filter-bar";
import layoutClasses from "@/components/layout.module.css";
import { LiveMark } from "@/components/live-mark";
import { Loaded } from "@/components/loaded";
import { PageHeader } from "@/components/page-header";
import { StatusBadge } from "@/components/status-badge";
import { useSearchState } from "@/hooks/use-search-state";
import { DeploymentGroup } from "./group";
import { groupDeployments, stateCounts } from "./groups";
import { liveDeploymentsQuery } from "./queries";
import { DeploymentDialog } from "./shared/deployment-dialog";

const STATES = ["failing", "healthy", "idle", "paused"] as const;

export function OperatorDeploymentsPage() {
  const { t } = useTranslation(["deployments", "common"]);
  const [search] = useSearchState();
  const deployments = useQuery(liveDeploymentsQuery);
  const [isAdding, add] = useDisclosure(false);
  const counts = stateCounts(deployments.data ?? []);
  const addButton = (
    <Button leftSection={<Plus size={16} />} onClick={add.open}>
      {t("add")}
    </Button>
  );
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} actions={addButton} />
      <FilterBar
        query={{ name: "query", label: t("search") }}
        filters={[
          {
            name: "state",
            label: t("state"),
            options: STATES.map((state) => ({ value: state, label: t(`states.${state}`) })),
          },
        ]}
      >
        {counts.failing > 0 ? (
          <StatusBadge tone="bad">{t("failingCount", { count: counts.failing })}</StatusBadge>
        ) : null}
        {counts.paused > 0 ? (
          <StatusBadge tone="neutral">{t("pausedCount", { count: counts.paused })}</StatusBadge>
        ) : null}
        <LiveMark at={deployments.dataUpdatedAt} isFailing={deployments.isRefetchError} />
      </FilterBar>
      <Loaded query={deployments} height={150}>
        {(rows) => {
          if (rows.length === 0) {
            return (
              <Card padding={0}>
                <EmptyState icon={HeartPulse} title={t("empty")} text={t("emptyText")} action={addButton} />
              </Card>
            );
          }
          const groups = groupDeployments(rows, search);
          if (groups.length === 0) {
            return (
              <Card padding={0}>
                <EmptyState
                  icon={SearchX}
                  title={t("common:noMatch.title")}
                  text={t("common:noMatch.text")}
                />
              </Card>
            );
          }
          return (
            <div className={layoutClasses.stack}>
              {groups.map((group) => (
                <DeploymentGroup key={group.model} group={group} />
              ))}
            </div>
          );
        }}
      </Loaded>
      <DeploymentDialog isOpen={isAdding} onClose={add.close} />
    </>
  );
}
