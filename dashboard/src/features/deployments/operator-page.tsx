import { Button, Card } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { HeartPulse, Plus, SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { liveDeploymentsQuery } from "@/api/operator-queries";
import { EmptyState } from "@/components/empty-state";
import { FilterBar } from "@/components/filter-bar";
import { LiveMark } from "@/components/live-mark";
import { Loaded } from "@/components/loaded";
import classes from "@/components/operator.module.css";
import { PageHeader } from "@/components/page-header";
import { StatusBadge } from "@/components/status-badge";
import { useSearchState } from "@/hooks/use-search-state";
import { DeploymentGroup } from "./group";
import { groupDeployments, healthCounts } from "./groups";
import { DeploymentDialog } from "./shared/deployment-dialog";

const STATES = ["failing", "healthy", "idle"] as const;

export function OperatorDeploymentsPage() {
  const { t } = useTranslation("operator");
  const [search] = useSearchState();
  const deployments = useQuery(liveDeploymentsQuery);
  const [isAdding, add] = useDisclosure(false);
  const counts = healthCounts(deployments.data ?? []);
  const addButton = (
    <Button leftSection={<Plus size={16} />} onClick={add.open}>
      {t("deployments.add")}
    </Button>
  );
  return (
    <>
      <PageHeader
        title={t("deployments.title")}
        description={t("deployments.description")}
        actions={addButton}
      />
      <FilterBar
        query={{ name: "query", label: t("deployments.search") }}
        filters={[
          {
            name: "state",
            label: t("deployments.state"),
            options: STATES.map((state) => ({ value: state, label: t(`deployments.states.${state}`) })),
          },
        ]}
      >
        {counts.failing > 0 ? (
          <StatusBadge tone="bad">{t("deployments.failingCount", { count: counts.failing })}</StatusBadge>
        ) : null}
        <LiveMark at={deployments.dataUpdatedAt} isFailing={deployments.isRefetchError} />
      </FilterBar>
      <Loaded query={deployments} height={150}>
        {(rows) => {
          if (rows.length === 0) {
            return (
              <Card padding={0}>
                <EmptyState
                  icon={HeartPulse}
                  title={t("deployments.empty")}
                  text={t("deployments.emptyText")}
                  action={addButton}
                />
              </Card>
            );
          }
          const groups = groupDeployments(rows, search);
          if (groups.length === 0) {
            return (
              <Card padding={0}>
                <EmptyState icon={SearchX} title={t("noMatch.title")} text={t("noMatch.text")} />
              </Card>
            );
          }
          return (
            <div className={classes.stack}>
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
