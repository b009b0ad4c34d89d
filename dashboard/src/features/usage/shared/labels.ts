import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { UsageGroup, UsageGroupBy } from "@/api/types";
import { useFormat } from "@/hooks/use-format";
import { useNames } from "@/hooks/use-names";
import type { Metric } from "./sums";
import { OTHER } from "./sums";

/** What a group is called: the server's label, or our word where the key is one of ours. */
export function useGroupLabel(groupBy: UsageGroupBy | undefined) {
  const { t } = useTranslation();
  const { t: ours } = useTranslation("usage");
  const operationName = useNames("operation");
  return useCallback(
    (group: Pick<UsageGroup, "key" | "label">): string => {
      const { key, label } = group;
      if (key === OTHER) return ours("other");
      if (groupBy === "environment" && (key === "live" || key === "test")) return t(`environment.${key}`);
      if (groupBy === "status" && (key === "ok" || key === "error" || key === "refused"))
        return t(`status.${key}`);
      if (groupBy === "endpoint" && key !== "") return operationName(key);
      return label || key || ours("unnamed");
    },
    [groupBy, t, ours, operationName],
  );
}

/** How the figures of a metric are written. */
export function useMetricFormat() {
  const format = useFormat();
  return useCallback(
    (metric: Metric) => {
      if (metric === "spend") return format.money;
      return metric === "latency" ? format.duration : format.compact;
    },
    [format],
  );
}
