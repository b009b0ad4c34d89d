import { useTranslation } from "react-i18next";
import type { RouteCandidate } from "@/api/types";
import { useFormat } from "@/hooks/use-format";

/** What runs at a deployment, of how much it takes. */
export function Capacity({ candidate }: { candidate: Pick<RouteCandidate, "running" | "limit"> }) {
  const { t } = useTranslation("routing");
  const format = useFormat();
  const { limit } = candidate;
  const running = format.number(candidate.running);
  return limit === null ? t("noLimit", { running }) : t("ofLimit", { running, limit: format.number(limit) });
}
