import { Title } from "@mantine/core";
import { useId } from "react";
import type { Audience } from "@/api/audience";
import type { UsageGroupBy } from "@/api/types";
import { useRange } from "@/hooks/use-range";
import { useSearchState } from "@/hooks/use-search-state";
import { GroupTable } from "./group-table";
import { useUsage } from "./queries";
import { readView } from "./shared/view";

const GROUPS_SHOWN = 10;

interface TopGroupsProps {
  audience: Audience;
  groupBy: UsageGroupBy;
  title: string;
}

/** The accounts or keys that used most, where the page does not tell by them already. */
export function TopGroups({ audience, groupBy, title }: TopGroupsProps) {
  const id = useId();
  const range = useRange("7d");
  const [search] = useSearchState();
  const { groupBy: shown, metric, filter } = readView(search, audience);
  const isShown = shown !== groupBy;
  const usage = useUsage(audience, range, groupBy, filter, isShown);
  if (!isShown) return null;
  return (
    <section aria-labelledby={id}>
      <Title order={2} size="h3" id={id} mb="sm">
        {title}
      </Title>
      <GroupTable
        audience={audience}
        groupBy={groupBy}
        metric={metric}
        usage={usage.data && { ...usage.data, groups: usage.data.groups.slice(0, GROUPS_SHOWN) }}
        isStale={usage.isPlaceholderData}
        previous={undefined}
      />
    </section>
  );
}
